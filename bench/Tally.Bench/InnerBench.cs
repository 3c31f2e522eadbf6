using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Tally.ApiV2;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;

namespace Tally.Bench;

/// <summary>The inner pieces of a request, one by one: what a change to one of them costs or saves before it drowns in the load figures.</summary>
[MemoryDiagnoser]
public class InnerBench : IDisposable
{
    private static readonly byte[] Form = Encoding.UTF8.GetBytes(
        "key=tly_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg&action=add&service=1&quantity=100&link=https%3A%2F%2Fexample.com%2Fsome-page%2Fposts%2F1234567890&order_reference=4711-a");
    private static readonly OrderView[] Views = [.. Enumerable.Range(1, 100).Select(i => new OrderView(i, new Money(150_000_000), 1_200, OrderStatus.InProgress, 400))];
    private readonly ResponseJson _json = new();
    private readonly OrderParameters _parameters = new() { Service = "1", Link = "https://example.com/some-page/posts/1234567890", Quantity = "100", Reference = "4711-a", Own = _ => null };
    private readonly CatalogSnapshot _catalog = new(1, [Seed.Service()], new Dictionary<long, Service> { [1] = Seed.Service() });

    public static int Run()
    {
        // In this process: what is measured is built with the panel's own lock files, and nothing is generated or restored.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        BenchmarkRunner.Run<InnerBench>(DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableLogFile));
        return 0;
    }

    [Benchmark(Description = "read the form of an add")]
    public object ReadForm()
    {
        var parameters = new RequestParameters();
        return RequestForm.Read(Form, parameters) ?? (object)parameters;
    }

    [Benchmark(Description = "hash a key")]
    public string HashKey() => Accounts.ApiKeys.HashText("tly_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg");

    [Benchmark(Description = "judge and price an order")]
    public object? Judge() => PlaceOrder.Decide(1, _parameters, _catalog, null, new DateOnly(2026, 11, 25), out _);

    [Benchmark(Description = "write one status")]
    public int WriteStatus()
    {
        _json.Clear();
        OrderJson.Write(_json, Views[0], "VND");
        return _json.Written.Length;
    }

    [Benchmark(Description = "write 100 statuses")]
    public int WriteStatuses()
    {
        _json.Clear();
        foreach (var view in Views)
        {
            _json.Text(view.Id.ToString(CultureInfo.InvariantCulture));
            OrderJson.Write(_json, view, "VND");
        }

        return _json.Written.Length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _json.Dispose();
        GC.SuppressFinalize(this);
    }
}
