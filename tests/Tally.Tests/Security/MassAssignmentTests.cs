using Dapper;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Accounts.Pages;
using Tally.Tests.Ui;
using Xunit;
using static Tally.Tests.Security.FilledPanel;

namespace Tally.Tests.Security;

/// <summary>Fields that no form has, sent along with every form and call: what they name stays as it is.</summary>
public sealed class MassAssignmentTests
{
    // What a customer would like to set.
    private const string Guarded =
        """
        SELECT a.id, a.email, a.suspended, a.email_confirmed, a.password, a.security_stamp, a.two_factor, a.authenticator_key, a.recovery_codes, a.addresses, a.created_at, w.balance, w.credit_limit,
          (SELECT COUNT(*) FROM orders o WHERE o.account_id = a.id) AS orders, (SELECT CAST(COALESCE(SUM(o.charge), 0) AS BIGINT) FROM orders o WHERE o.account_id = a.id) AS charged,
          (SELECT COUNT(*) FROM payments p WHERE p.account_id = a.id AND p.state = 1) AS credited, (SELECT COUNT(*) FROM api_keys k WHERE k.account_id = a.id AND k.revoked_at IS NULL) AS keys
        FROM accounts a LEFT JOIN ledger_wallets w ON w.account_id = a.id ORDER BY a.id
        """;

    private static readonly string[] Names =
    [
        "id", "Id", "account", "accountId", "account_id", "user", "userId", "role", "roles", "isAdmin", "admin", "operator", "balance", "Balance", "credit", "credit_limit", "wallet", "suspended", "emailConfirmed", "email_confirmed",
        "EmailConfirmed", "confirmed", "two_factor", "TwoFactorEnabled", "security_stamp", "PasswordHash", "rate", "charge", "price", "cost", "status", "state", "provider", "providerId", "refunded", "currency", "scope", "discount",
        "Account.Balance", "account[balance]", "Visitor.AccountId", "AccountId", "SessionId", "session",
    ];

    [Theory, BothStores]
    public async Task Fields_that_no_form_has_change_nothing_through_any_form(StoreKind kind)
    {
        await using var filled = await StartAsync(kind);
        using var customer = filled.Customer();
        var victim = Text(filled.Stranger.Id);
        var before = await GuardedAsync(filled.Panel);
        var forms = PanelRoutes.Of(filled.Panel).Where(r => r.Writes() && r.NeedsToken() && !r.IsFallback() && r.Path() != "/sign-out" && r.Path() != "/orders/{id:long}/cancel").ToList();
        forms.Count.ShouldBeGreaterThan(28);
        foreach (var route in forms)
        {
            foreach (var value in (string[])[victim, "1", "true", "1000000"])
            {
                var token = await TokenAsync(customer);
                await customer.PostAsync(filled.Address(route), [("_token", token), .. Names.Select(name => (name, value))]);
                ((int)customer.Status).ShouldBeLessThan(500, route.Path());
            }
        }

        var after = await GuardedAsync(filled.Panel);
        after.ShouldBe(before);
        filled.Log.Errors.ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task An_order_costs_what_it_costs_and_is_the_callers_whatever_else_is_sent(StoreKind kind)
    {
        await using var filled = await StartAsync(kind);
        var panel = filled.Panel;
        (string, string)[] order = [("service", Text(filled.Service)), ("link", "https://example.com/p/2"), ("comments", "a\nb\nc")];
        var more = Names.Where(n => n != "order").Select(n => (n, "0")).Concat([("status", "Completed"), ("account_id", Text(filled.Stranger.Id)), ("start_count", "5"), ("remains", "0"), ("provider", "1"), ("parent_id", "1")]).ToArray();
        await panel.AddAsync([.. order, .. more]);
        using var customer = filled.Customer();
        var token = await TokenAsync(customer);
        await customer.PostAsync("/orders/new", [("_token", token), ("order_reference", "mine"), .. order, .. more]);
        customer.Location.ShouldNotBeNull(customer.Text);
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        (await connection.QueryAsync<(long, long, long, short, long, long?)>("SELECT account_id, charge, quantity, status, start_count, parent_id FROM orders ORDER BY id DESC LIMIT 2"))
            .ShouldBe(Enumerable.Repeat((panel.Customer.Id, 300L, 3L, (short)0, 0L, (long?)null), 2));
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_new_account_is_an_ordinary_one_whatever_else_is_sent(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        using var visitor = new WebVisitor(panel);
        await visitor.OpenAsync("/sign-up");
        await visitor.SendAsync("/sign-up", [("email", "new@example.com"), ("password", Door.Password), ("language", "en"), .. Names.Select(n => (n, "1"))]);
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        var (id, suspended, confirmed, balance) = await connection.QuerySingleAsync<(long, short, short, long?)>(
            "SELECT a.id, a.suspended, a.email_confirmed, w.balance FROM accounts a LEFT JOIN ledger_wallets w ON w.account_id = a.id WHERE a.email = 'new@example.com'");
        (id > panel.Customer.Id, suspended, confirmed, balance ?? 0).ShouldBe((true, (short)0, (short)0, 0L));
    }

    private static async Task<string> GuardedAsync(TestPanel panel)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return string.Join('\n', (await connection.QueryAsync(Guarded)).Select(r => string.Join('|', ((IDictionary<string, object?>)r).Select(c => $"{c.Key}={c.Value}"))));
    }
}
