using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Ledger;
using Tally.Operations;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>demo</c>: a panel with a catalogue, a customer with money, and a simulated upstream panel that it talks to over real HTTP.</summary>
internal static class DemoCommand
{
    private const string Customer = "demo@tally.example", Password = "try-tally-now", ProviderName = "simulation";
    private static readonly Money Opening = new(10_000_000 * Money.UnitsPerOne);

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
        var firstOrder = await SeedAsync(store, data, wantedKey, ct);
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { FirstOrderId = firstOrder }, ct);
        var key = await BindAsync(store, data, provider, ct);
        await using var app = PanelHost.Build(new PanelOptions(store, urls, LogFormat: LogFormat.Text, Quiet: true), b => b.Logging.AddFilter("Tally.Mail", LogLevel.Information));
        await app.StartAsync(ct);
        var address = app.Urls.First();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { address, api = address + "/api/v2", key, customer = Customer, password = Password, store }));
        }
        else
        {
            Greet(address, key, store);
        }

        await app.WaitForShutdownAsync(ct);
    }

    /// <summary>Opens the customer's account at the first start; returns the first order id of the simulation, which forgets everything when it ends.</summary>
    private static async Task<int> SeedAsync(string store, string data, string? wantedKey, CancellationToken ct)
    {
        Directory.CreateDirectory(data);
        await using var scope = await CommandScope.OpenAsync(store, json: false, migrate: true, ct);
        var keyFile = KeyFile(data);
        var settings = scope.Get<SettingsSnapshot>();
        try
        {
            var account = await scope.Get<AccountBook>().FindAsync(Customer, ct);
            if (wantedKey is not null && await KeyAsync(keyFile, ct) != wantedKey)
            {
                throw new InvalidInputException($"This demo has a customer with another key already. Leave --key out, or start afresh with another --data folder (account {account.Id}).");
            }
        }
        catch (InvalidInputException) when (!File.Exists(keyFile))
        {
            await settings.SetAsync("currency", "VND", ct);
            await settings.SetAsync("sync_interval_ms", "500", ct);
            await settings.SetAsync("send_delay_ms", "2000", ct);
            var account = await scope.Get<AccountBook>().OpenAsync(Customer, wantedKey, ct);
            await scope.Get<SetPassword>().RunAsync(account.Id, Password, ct);
            await scope.Get<CreditAccount>().RunAsync(account.Id, Opening, "demo money", "demo", ct);
            await File.WriteAllTextAsync(keyFile, account.Key.Key, ct);
        }

        return (int)Math.Max(1, scope.Get<TimeProvider>().GetUtcNow().ToUnixTimeSeconds() - 1_600_000_000);
    }

    /// <summary>Binds the simulation, which has another address at every start, and imports what it sells.</summary>
    private static async Task<string> BindAsync(string store, string data, SimulatedProvider simulation, CancellationToken ct)
    {
        await using var scope = await CommandScope.OpenAsync(store, json: false, migrate: false, ct);
        var book = scope.Get<ProviderBook>();
        await book.RefreshAsync(ct);
        var provider = book.Current.Values.FirstOrDefault(p => p.Name == ProviderName);
        provider = provider is null
            ? await scope.Get<SaveProvider>().AddAsync(ProviderName, simulation.Url.ToString(), simulation.Key, references: true, allowPrivate: true, ct)
            : await scope.Get<SaveProvider>().MoveAsync(provider.Id, simulation.Url, simulation.Key, ct);
        await scope.Get<Catalog.Catalog>().RefreshAsync(ct);
        if (scope.Get<Catalog.Catalog>().Current.Services.Count == 0)
        {
            await scope.Get<SaveServices>().RunAsync([.. DemoCatalogue.Load().Select((s, i) => Sold(s, i, provider.Id, simulation))], ct);
        }

        return await KeyAsync(KeyFile(data), ct);
    }

    private static Service Sold(DemoService s, int position, long provider, SimulatedProvider simulation)
    {
        var rate = Money.Parse(s.Rate);
        var type = TypeRules.Table.First(r => r.WireName == ServiceTypeNames.Find(s.Type)?.Name).Type;
        var there = simulation.ServiceFor(s.Id);
        var cost = simulation.Services.First(offered => offered.Id == there).Rate;
        return new Service(
            s.Id, s.Name, s.Description, type, s.Category, s.Platform, rate, s.Min, s.Max, s.Refill, s.Cancel, s.DripFeed, s.RefillDays, Enabled: true, Handles: false, UniqueLink: false,
            OnRefusal.Cancel, s.Manual ? null : provider, s.Manual ? null : there.ToString(CultureInfo.InvariantCulture),
            s.Manual ? null : new Money((long)decimal.Ceiling(cost * Money.UnitsPerOne)), position);
    }

    private static string KeyFile(string data) => Path.Combine(data, "customer.key");

    private static async Task<string> KeyAsync(string file, CancellationToken ct) => (await File.ReadAllTextAsync(file, ct)).Trim();

    private static void Greet(string address, string key, string store)
    {
        Console.Out.WriteLine(
            $"""

             Tally demo
               address   {address}
               API       {address}/api/v2
               API key   {key}
               sign in   {address}/sign-in
                         {Customer}   {Password}
               store     {store}

             Place an order:
               curl -s {address}/api/v2 -d key={key} -d action=add -d service=1 -d link=https://facebook.com/tally -d quantity=500
             See how it goes on (put the id from the answer in place of 1):
               curl -s {address}/api/v2 -d key={key} -d action=status -d order=1
             See that every đồng is accounted for:
               dotnet run --project src/Tally -c Release -- ledger verify --database {store}

             Stop with Ctrl+C.
             """);
    }
}
