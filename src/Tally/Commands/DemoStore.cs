using System.Globalization;
using Tally.Accounts;
using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Catalog;
using Tally.Contract;
using Tally.Demo;
using Tally.Ledger;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Commands;

/// <summary>The demo's store: made with a past at the first start, bound to the simulation's new address at every other.</summary>
internal static class DemoStore
{
    public const string Customer = "demo@tally.example", Password = "try-tally-now", WebhookKey = "demo-webhook-key";

    private const string ProviderName = "simulation";
    private const int Seed = 20260;

    // What an operator of such a panel would set, and terms under which something is to be seen within seconds.
    private static readonly (string Name, string Value)[] s_settings =
    [
        ("currency", "VND"), ("name", "Tally Demo"), ("language", "auto"), ("time_zone", "Asia/Ho_Chi_Minh"), ("email", "support@tally.example"), ("phone", "1900 0000"),
        ("sync_interval_ms", "500"), ("send_delay_ms", "2000"),
    ];

    // No bank has this account: whoever scans the demo's code pays nobody.
    private static readonly (string Name, string Value)[] s_bank =
    [
        ("bank_bin", "970422"), ("bank_name", "MB Bank"), ("account_number", DemoHistory.BankAccount), ("account_holder", "TALLY DEMO"), ("webhook_key", WebhookKey),
    ];

    /// <summary>Brings the store into shape; returns the customer's API key.</summary>
    /// <param name="data">The folder in which the demo keeps the key.</param>
    /// <param name="wantedKey">The key that the customer is to have; null = a random one, or the one there is.</param>
    /// <exception cref="InvalidInputException">The customer has another key already, or the first start was broken off.</exception>
    public static async Task<string> PrepareAsync(string store, string data, string? wantedKey, SimulatedProvider simulation, CancellationToken ct)
    {
        Directory.CreateDirectory(data);
        var keyFile = Path.Combine(data, "customer.key");
        if (File.Exists(keyFile))
        {
            var key = (await File.ReadAllTextAsync(keyFile, ct)).Trim();
            if (wantedKey is not null && wantedKey != key)
            {
                throw new InvalidInputException("This demo has a customer with another key already. Leave --key out, or start afresh with another --data folder.");
            }

            await MoveAsync(store, simulation, ct);
            return key;
        }

        var made = await MakeAsync(store, wantedKey, simulation, TimeProvider.System.GetUtcNow(), ct);
        await File.WriteAllTextAsync(keyFile, made, ct);
        return made;
    }

    /// <summary>Makes the panel and its past, which ends now; returns the customer's key.</summary>
    internal static async Task<string> MakeAsync(string store, string? wantedKey, SimulatedProvider simulation, DateTimeOffset now, CancellationToken ct)
    {
        var clock = new HistoryClock(now.AddDays(-DemoHistory.Days - 1));
        await using var scope = await CommandScope.OpenAsync(store, json: false, migrate: true, ct, clock);
        if (await HasCustomerAsync(scope, ct))
        {
            throw new InvalidInputException("The first start of this demo was broken off, or its --data folder is another one. Start afresh: remove the store, or name another with --data or --database.");
        }

        foreach (var (name, value) in s_settings)
        {
            await scope.Get<SettingsSnapshot>().SetAsync(name, value, ct);
        }

        foreach (var (name, value) in s_bank)
        {
            await scope.Get<SetGateway>().RunAsync(BankTransferGateway.GatewayName, name, value, ct);
        }

        var provider = await scope.Get<SaveProvider>().AddAsync(ProviderName, simulation.Url.ToString(), simulation.Key, references: true, allowPrivate: true, ct);
        await scope.Get<SaveServices>().RunAsync([.. DemoCatalogue.Load().Select((s, i) => Sold(s, i, provider.Id, simulation))], ct);
        var account = await scope.Get<AccountBook>().OpenAsync(Customer, wantedKey, ct);
        await scope.Get<SetPassword>().RunAsync(account.Id, Password, ct);
        await new DemoHistory(scope.Services, new Timeline(clock, now), account.Id, Seed, ct).RunAsync();
        return account.Key.Key;
    }

    /// <summary>The simulation has another address at every start.</summary>
    private static async Task MoveAsync(string store, SimulatedProvider simulation, CancellationToken ct)
    {
        await using var scope = await CommandScope.OpenAsync(store, json: false, migrate: true, ct);
        var book = scope.Get<ProviderBook>();
        await book.RefreshAsync(ct);
        var provider = book.Current.Values.FirstOrDefault(p => p.Name == ProviderName)
            ?? throw new InvalidInputException("This store has no demo in it, although its --data folder says so. Start afresh with another --data folder.");
        await scope.Get<SaveProvider>().MoveAsync(provider.Id, simulation.Url, simulation.Key, ct);
    }

    private static async Task<bool> HasCustomerAsync(CommandScope scope, CancellationToken ct)
    {
        try
        {
            await scope.Get<AccountBook>().FindAsync(Customer, ct);
            return true;
        }
        catch (InvalidInputException)
        {
            // There is none: as it should be.
            return false;
        }
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
}
