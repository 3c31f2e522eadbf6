using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tally.Accounts;
using Tally.Accounts.Sessions;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Bench;

/// <summary>What a page of orders costs an account with a thousand orders and one with a million, in the same store; and what the lists' indexes cost an <c>add</c>.</summary>
internal static class OrdersBench
{
    private const int Small = 1_000, Rounds = 60, Laps = 7, Adds = 4_000, Callers = 64;
    private static readonly string[] Indexes = ["orders_account_status", "orders_account_service", "orders_account_link"];

    /// <summary>Fills the store (it must be empty) and prints the medians of each page, the small account's and the large one's in turns.</summary>
    public static async Task<int> PagesAsync(string store, int large, CancellationToken ct)
    {
        await using var app = await StartAsync(store, ct);
        var database = app.Services.GetRequiredService<Database>();
        var accounts = new List<(OpenedAccount Account, int Orders)>();
        foreach (var (name, count) in new[] { ("small", Small), ("large", large) })
        {
            var account = await OpenAsync(app.Services, name, ct);
            await FillAsync(database, account.Id, accounts.Sum(a => a.Orders) + 1, count, ct);
            accounts.Add((account, count));
        }

        await database.WriteAsync(tx => tx.Connection.ExecuteAsync("ANALYZE", transaction: tx.Transaction, commandTimeout: 600, commandType: CommandType.Text), ct);
        var clients = new List<HttpClient>();
        foreach (var (account, _) in accounts)
        {
            clients.Add(await SignInAsync(app, account, ct));
        }

        foreach (var path in (string[])["/orders", "/orders?before=MIDDLE", "/orders?status=completed", "/orders?status=completed&before=MIDDLE", "/orders?service=1", "/orders?q=https://example.com/post/77"])
        {
            var times = accounts.ConvertAll(_ => new List<double>());
            for (var round = 0; round < Rounds + 10; round++)
            {
                for (var i = 0; i < clients.Count; i++)
                {
                    var middle = string.Create(CultureInfo.InvariantCulture, $"{accounts[i].Orders / 2 * 1_000L}-{long.MaxValue / 2}");
                    var start = Stopwatch.GetTimestamp();
                    using var response = await clients[i].GetAsync(path.Replace("MIDDLE", middle, StringComparison.Ordinal), ct);
                    response.EnsureSuccessStatusCode();
                    await response.Content.ReadAsByteArrayAsync(ct);
                    if (round >= 10)
                    {
                        times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }
            }

            var medians = times.ConvertAll(Median);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {Small} orders {medians[0]:0.00} ms, {large} orders {medians[1]:0.00} ms, ratio {medians[1] / medians[0]:0.00}"));
        }

        await app.StopAsync(ct);
        return 0;
    }

    /// <summary>Adds orders to two stores by turns, one of which lacks the indexes, and prints the median of the laps' ratios.</summary>
    public static async Task<int> AddsAsync(string store, string without, CancellationToken ct)
    {
        await using var with = await StartAsync(store, ct);
        await using var bare = await StartAsync(without, ct);
        await bare.Services.GetRequiredService<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(string.Join(';', Indexes.Select(i => "DROP INDEX " + i)), transaction: tx.Transaction), ct);
        var accounts = new[] { await OpenManyAsync(with.Services, ct), await OpenManyAsync(bare.Services, ct) };
        var ratios = new List<double>();
        for (var lap = 0; lap <= Laps; lap++)
        {
            var seconds = new[] { await LapAsync(with.Services, accounts[0], lap, ct), await LapAsync(bare.Services, accounts[1], lap, ct) };
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lap {lap}: {Adds / seconds[0]:0} a second with, {Adds / seconds[1]:0} without"));
            if (lap > 0)
            {
                ratios.Add(seconds[1] / seconds[0]);
            }
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"adds with the indexes / without: {Median(ratios):0.000}"));
        await with.StopAsync(ct);
        await bare.StopAsync(ct);
        return 0;
    }

    private static async Task<double> LapAsync(IServiceProvider panel, List<OpenedAccount> accounts, int lap, CancellationToken ct)
    {
        var place = panel.GetRequiredService<PlaceOrder>();
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Adds), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = ct }, async (i, stop) =>
        {
            var link = string.Create(CultureInfo.InvariantCulture, $"https://example.com/some-page/posts/{(i * 7_919L) % 100_003}{lap}?from=bench");
            var outcome = await place.RunAsync(accounts[i % accounts.Count].Id, new OrderParameters { Service = "1", Link = link, Quantity = "100", Own = _ => null }, stop);
            _ = outcome is PlaceOrderOutcome.Placed ? 0 : throw new InvalidOperationException($"Not placed: {outcome}");
        });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<WebApplication> StartAsync(string store, CancellationToken ct)
    {
        var app = PanelHost.Build(new PanelOptions(store, "http://127.0.0.1:0", NodeRoles.Web, Quiet: true));
        await app.StartAsync(ct);
        await app.Services.GetRequiredService<SaveServices>().RunAsync([Seed.Service()], ct);
        await app.Services.GetRequiredService<Catalog.Catalog>().RefreshAsync(ct);
        return app;
    }

    private static async Task<OpenedAccount> OpenAsync(IServiceProvider panel, string name, CancellationToken ct)
    {
        var account = await panel.GetRequiredService<AccountBook>().OpenAsync(name + "@tally.example", null, ct);
        await panel.GetRequiredService<CreditAccount>().RunAsync(account.Id, new Money(10_000_000_000 * Money.UnitsPerOne), "bench", "bench", ct);
        return account;
    }

    private static async Task<List<OpenedAccount>> OpenManyAsync(IServiceProvider panel, CancellationToken ct)
    {
        var opened = new List<OpenedAccount>();
        for (var i = 0; i < 100; i++)
        {
            opened.Add(await OpenAsync(panel, string.Create(CultureInfo.InvariantCulture, $"bench{i}"), ct));
        }

        return opened;
    }

    private static async Task FillAsync(Database database, long account, int firstId, int count, CancellationToken ct)
    {
        // The newest are open, one of 200: an order is so for a day or less, and a million take years.
        var open = count - Math.Max(5, count / 200);
        short Status(int n) => n >= open ? (short)(n % 3) : (short)(3 + (n % 10 < 8 ? 0 : n % 10 - 7));
        foreach (var numbers in Enumerable.Range(0, count).Chunk(20_000))
        {
            await database.WriteAsync(
                tx => BulkInsert.IntoAsync(
                    tx, "orders", ct,
                    new BulkColumn("id", numbers.Select(n => (long)firstId + n).ToArray()),
                    new BulkColumn("account_id", numbers.Select(_ => account).ToArray()),
                    new BulkColumn("service_id", numbers.Select(n => 1L + (n % 20)).ToArray()),
                    new BulkColumn("type", numbers.Select(_ => (short)1).ToArray()),
                    new BulkColumn("status", numbers.Select(Status).ToArray()),
                    new BulkColumn("send_state", numbers.Select(_ => (short)0).ToArray()),
                    new BulkColumn("link", numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"https://example.com/post/{n / 4}")).ToArray()),
                    new BulkColumn("quantity", numbers.Select(_ => 100L).ToArray()),
                    new BulkColumn("charge", numbers.Select(_ => 150_000_000L).ToArray()),
                    new BulkColumn("remains", numbers.Select(_ => 0L).ToArray()),
                    new BulkColumn("created_at", numbers.Select(n => n * 1_000L).ToArray()),
                    new BulkColumn("ended_at", numbers.Select(n => n >= open ? (long?)null : n * 1_000L).ToArray())),
                ct);
        }
    }

    private static async Task<HttpClient> SignInAsync(WebApplication app, OpenedAccount account, CancellationToken ct)
    {
        var options = app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var session = await app.Services.GetRequiredService<SessionBook>().OpenAsync(account.Id, "127.0.0.1", "bench", ct);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, account.Id.ToString(CultureInfo.InvariantCulture)), new Claim(ClaimTypes.Email, account.Email),
                new Claim(Session.Claim, session.ToString(CultureInfo.InvariantCulture)),
            ],
            IdentityConstants.ApplicationScheme);
        var now = TimeProvider.System.GetUtcNow();
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(identity), new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(1) }, IdentityConstants.ApplicationScheme);
        var address = new Uri(app.Urls.First());
        var cookies = new CookieContainer();
        cookies.Add(address, new Cookie(options.Cookie.Name!, Uri.EscapeDataString(options.TicketDataFormat.Protect(ticket))));
#pragma warning disable RS0030 // loopback, to the panel that this process started
        return new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = address };
#pragma warning restore RS0030
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
