using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tally.Accounts;
using Tally.Accounts.Sessions;
using Tally.Billing;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.ApiV2;
using Tally.Tests.Ui;

namespace Tally.Tests.Security;

/// <summary>A panel with something of everything that belongs to its first customer, and a stranger with an account of his own.</summary>
internal sealed class FilledPanel : IAsyncDisposable
{
    private FilledPanel()
    {
    }

    public TestPanel Panel { get; private set; } = null!;

    public ContractLog Log { get; } = new();

    public OpenedAccount Stranger { get; private set; } = null!;

    public long Service { get; private set; }

    /// <summary>A completed order, and one that may still be cancelled.</summary>
    public long Order { get; private set; }

    public long OpenOrder { get; private set; }

    public long Refill { get; private set; }

    public long Payment { get; private set; }

    public long Session { get; private set; }

    public long Notice { get; private set; }

    public string Passkey { get; } = "cGFzc2tleQ";

    /// <summary>Starts it.</summary>
    /// <param name="text">What every text is, of services, orders, refills, payments, keys, passkeys, devices and notices.</param>
    public static async Task<FilledPanel> StartAsync(StoreKind kind, string text = "plain")
    {
        var filled = new FilledPanel();
        filled.Panel = await TestPanel.StartAsync(kind, also: builder => builder.Services.AddSingleton<ILoggerProvider>(filled.Log));
        await filled.FillAsync(text);
        return filled;
    }

    /// <summary>An address of the customer's for every route that is read, with a query where it needs one.</summary>
    public string Address(RouteEndpoint route) => route.Path() switch
    {
        "/services/{id:long}" => $"/services/{Text(Service)}",
        "/orders/{id:long}" => $"/orders/{Text(Order)}",
        "/orders/live" => $"/orders/live?ids={Text(Order)}",
        "/funds/payments/{id:long}" => $"/funds/payments/{Text(Payment)}",
        "/funds/payments/{id:long}/state" => $"/funds/payments/{Text(Payment)}/state",
        "/funds/bank" => "/funds/bank?amount=500000&since=4102444800000",
        "/funds/bank/state" => "/funds/bank/state?since=4102444800000",
        "/confirm-email" => "/confirm-email?account=1&code=code",
        "/reset-password" => "/reset-password?account=1&code=code",
        "/assets/{fingerprint}/{**name}" => Tally.Ui.AssetFiles.Url("favicon.svg"),
        "/orders/{id:long}/refill" or "/orders/{id:long}/cancel" => route.Path().Replace("{id:long}", Text(OpenOrder), StringComparison.Ordinal),
        var path when path.Contains('{', StringComparison.Ordinal) && !route.IsFallback() => throw new InvalidOperationException($"The route {path} is new: say here what of the customer's it shows."),
        var path => path,
    };

    public WebVisitor Customer(string language = "en") => WebVisitor.Customer(Panel, language);

    public WebVisitor StrangerVisitor() => new WebVisitor(Panel).SignedInAs(Stranger.Id, Stranger.Email);

    /// <summary>All that the store holds but what reading may write: when sessions and keys were last used, the ring of keys, counters of ids, and the sums that the dashboard keeps.</summary>
    public async Task<IReadOnlyDictionary<string, string>> StoreAsync()
    {
        await using var connection = await Panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        var postgres = Panel.Get<Database>().Kind == DatabaseKind.Postgres;
        var tables = await connection.QueryAsync<string>(postgres
            ? "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        var store = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in tables.Where(t => t is not ("data_protection_keys" or "nodes" or "id_blocks" or "changes" or "spending_marks" or "spending_slots")))
        {
            var rows = (await connection.QueryAsync($"SELECT * FROM {table}")).Select(r => (IDictionary<string, object?>)r);
            store[table] = string.Join('\n', rows.Select(r => string.Join('|', r.Where(c => c.Key is not ("last_seen_at" or "last_used_at" or "last_used_from")).Select(c => $"{c.Key}={c.Value}"))).Order(StringComparer.Ordinal));
        }

        return store;
    }

    /// <summary>What is not as it was in <paramref name="before"/>.</summary>
    public async Task<IReadOnlyList<string>> ChangedAsync(IReadOnlyDictionary<string, string> before)
    {
        var after = await StoreAsync();
        return [.. before.Where(t => after[t.Key] != t.Value).SelectMany(t => after[t.Key].Split('\n').Except(t.Value.Split('\n')).DefaultIfEmpty("rows are gone").Select(row => $"{t.Key}: {row}"))];
    }

    /// <summary>The token of a form of this visitor's pages.</summary>
    public static async Task<string> TokenAsync(WebVisitor visitor, string page = "/services") =>
        (await visitor.OpenAsync(page)).QuerySelector("input[name=_token]")?.GetAttribute("value") ?? throw new InvalidOperationException($"{page} has no form.");

    public ValueTask DisposeAsync() => Panel.DisposeAsync();

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task FillAsync(string text)
    {
        var (panel, id) = (Panel, Panel.Customer.Id);
        Stranger = await panel.OpenAccountAsync("stranger@example.com", "1000");
        var service = await panel.AddServiceAsync(ServiceType.CustomComments, "1", s => s with { Name = text, Category = text, Platform = text, Description = text, Min = 1 });
        Service = service.Id;
        (string, string)[] order = [("service", Text(Service)), ("link", "https://example.com/p/1"), ("comments", text + "\n" + text)];
        OpenOrder = await panel.AddAsync(order);
        Order = await panel.AddAsync([.. order, ("order_reference", text)]);
        await panel.SettleAsync(Order, OrderStatus.Completed, startCount: 1);
        Payment = (await panel.Get<CreditAccount>().RunAsync(id, Money.Parse("5"), text, "test", CancellationToken.None)).Payment;
        Session = await panel.Get<SessionBook>().OpenAsync(id, "127.0.0.1", text, CancellationToken.None);
        (Refill, Notice) = (701, 702);
        await panel.Get<Database>().WriteAsync(
            async tx =>
            {
                await Run("UPDATE orders SET link = @text WHERE id = @OpenOrder");
                await Run("UPDATE orders SET note = @text WHERE account_id = @id");
                await Run("UPDATE api_keys SET name = @text WHERE account_id = @id");
                await Run("INSERT INTO refills (id, account_id, order_id, status, note, created_at, ended_at) VALUES (@Refill, @id, @Order, 3, @text, 1, 2)");
                await Run("INSERT INTO cancels (id, account_id, order_id, state, note, created_at, ended_at) VALUES (703, @id, @Order, 3, @text, 1, 2)");
                await Run("INSERT INTO notices (id, account_id, kind, subject, text, created_at) VALUES (@Notice, @id, @text, @text, @text, 1)");
                await Run("INSERT INTO service_changes (id, at, service_id, kind, name, was, now) VALUES (704, 1, @Service, 1, @text, @text, @text)");
                await Run(
                    """
                    INSERT INTO passkeys (id, account_id, name, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, attestation, client_data, created_at)
                    VALUES (@Passkey, @id, @text, '', 0, '', 1, 0, 0, '', '', 1)
                    """);
                Task Run(string sql) => tx.Connection.ExecuteAsync(sql, new { text, id, OpenOrder, Order, Refill, Notice, Service, Passkey }, tx.Transaction);
            },
            CancellationToken.None);
    }
}
