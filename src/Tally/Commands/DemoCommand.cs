using System.CommandLine;
using System.Text.Json;
using Tally.Demo;
using Tally.Operations;

namespace Tally.Commands;

/// <summary><c>demo</c>: a panel with a catalogue, a customer with some weeks of a past, and a simulated upstream panel that it talks to over real HTTP.</summary>
internal static class DemoCommand
{
    // Followers come slowly, as they do; everything else is delivered within seconds.
    private static readonly int[] s_slow = [4, 15, 19, 20, 34, 48];
    private static readonly TimeSpan s_slowDelivery = TimeSpan.FromMinutes(25), s_postEvery = TimeSpan.FromMinutes(2);

    public static Command Build()
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen, separated by ;", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = new Option<string>("--data") { Description = "Where the demo keeps its store", DefaultValueFactory = _ => "data/demo" };
        var database = new Option<string?>("--database") { Description = "Another store than DIR/demo.db: a SQLite file, or a PostgreSQL connection string (Host=…)" };
        var key = new Option<string?>("--key") { Description = "The customer's API key, instead of a random one (16 characters or more)" };
        var json = CommandScope.JsonOption();
        var command = new Command("demo", "Start a demo panel with a catalogue, a customer and a simulated provider") { urls, data, database, key, json };
        command.SetAction(async (parsed, ct) =>
        {
            var store = parsed.GetValue(database) ?? Path.Combine(parsed.GetValue(data)!, "demo.db");
            await RunAsync(parsed.GetValue(urls)!, store, parsed.GetValue(data)!, parsed.GetValue(key), parsed.GetValue(json), ct);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string urls, string store, string data, string? wantedKey, bool json, CancellationToken ct)
    {
        // The simulation forgets everything when it ends: its order ids go on where no earlier start can have been.
        var firstOrder = (int)Math.Max(1, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1_600_000_000);
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { FirstOrderId = firstOrder, PostEvery = s_postEvery }, ct);
        foreach (var service in s_slow)
        {
            provider.ScriptService(provider.ServiceFor(service), new OrderScript { DeliveryTime = s_slowDelivery });
        }

        var key = await DemoStore.PrepareAsync(store, data, wantedKey, provider, ct);
        await using var app = PanelHost.Build(new PanelOptions(store, urls, LogFormat: LogFormat.Text, Quiet: true), b => b.Logging.AddFilter("Tally.Mail", LogLevel.Information));
        await app.StartAsync(ct);
        var address = app.Urls.First();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { address, api = address + "/api/v2", key, customer = DemoStore.Customer, password = DemoStore.Password, store }));
        }
        else
        {
            Greet(address, key, store);
        }

        await app.WaitForShutdownAsync(ct);
    }

    private static void Greet(string address, string key, string store)
    {
        Console.Out.WriteLine(
            $"""

             Tally demo
               address   {address}
               sign in   {address}/sign-in as {DemoStore.Customer} with {DemoStore.Password}
               API       {address}/api/v2
               API key   {key}
               store     {store}

             The customer has {DemoHistory.Days} days of a made-up past. Place an order, in the browser or here:
               curl -s {address}/api/v2 -d key={key} -d action=add -d service=1 -d link=https://facebook.com/tally -d quantity=500
             See how it goes on (put the id from the answer in place of 1):
               curl -s {address}/api/v2 -d key={key} -d action=status -d order=1
             See that every đồng is accounted for:
               dotnet run --project src/Tally -c Release -- ledger verify --database {store}

             Stop with Ctrl+C.
             """);
    }
}
