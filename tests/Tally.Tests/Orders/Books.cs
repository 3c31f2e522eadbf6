using System.Text.Json;
using Dapper;
using Shouldly;
using Tally.Billing;
using Tally.Ledger;
using Tally.Orders;
using Tally.Platform.Db;

namespace Tally.Tests.Orders;

/// <summary>Looks into a panel's store: order rows, requests and sums of money, as no customer sees them.</summary>
internal static class Books
{
    public static string Text(this long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The order's row.</summary>
    public static Task<Order> RowAsync(this TestPanel panel, long order) => panel.Get<SettleOrder>().FindAsync(order, CancellationToken.None);

    /// <summary>The orders that the parent has started, in the order of their runs.</summary>
    public static async Task<IReadOnlyList<Order>> RunsAsync(this TestPanel panel, long parent) =>
        await panel.QueryAsync<Order>($"SELECT {Order.Columns} FROM orders WHERE parent_id = {parent} ORDER BY run");

    public static async Task<IReadOnlyList<T>> QueryAsync<T>(this TestPanel panel, string sql)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Changes the store behind the panel's back.</summary>
    public static Task ExecuteAsync(this TestPanel panel, string sql) =>
        panel.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Transaction), CancellationToken.None);

    /// <summary>From now on a row of the orders cannot become so: whoever tries fails for a reason that lies in this row alone.</summary>
    /// <param name="when">A condition on the <c>NEW</c> row.</param>
    public static Task PoisonAsync(this TestPanel panel, string when) => panel.ExecuteAsync(
        panel.Get<Database>().Kind == DatabaseKind.Postgres
            ? $"""
               CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$;
               CREATE TRIGGER poison BEFORE UPDATE ON orders FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION poisoned()
               """
            : $"CREATE TRIGGER poison BEFORE UPDATE ON orders WHEN {when} BEGIN SELECT RAISE(ABORT, 'poisoned'); END");

    /// <summary>Where the order's last request to cancel stands, and the words with it.</summary>
    public static async Task<(CancelState State, string? Note)> CancelAsync(this TestPanel panel, long order)
    {
        var (state, note) = (await panel.QueryAsync<(short State, string? Note)>($"SELECT state, note FROM cancels WHERE order_id = {order} ORDER BY id DESC LIMIT 1"))[0];
        return ((CancelState)state, note);
    }

    /// <summary>What the wallet holds, what went back of the order, and that all money still adds up.</summary>
    public static async Task ShouldHoldAsync(this TestPanel panel, string balance, long order, string refunded)
    {
        (await panel.BalanceAsync()).ShouldBe(balance);
        new Money((await panel.RowAsync(order)).Refunded).ToString().ShouldBe(refunded);
        await panel.ShouldVerifyAsync();
    }

    public static async Task ShouldVerifyAsync(this TestPanel panel)
    {
        (await panel.VerifyAsync()).FirstFault.ShouldBeNull();
        (await panel.Get<VerifyPayments>().RunAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    /// <summary>The whole answer to <c>status</c> of one order.</summary>
    public static Task<JsonElement> AnswerAsync(this TestPanel panel, long order) => panel.CallAsync("status", ("order", order.Text()));

    /// <summary>Waits until an order is as wanted, and returns it.</summary>
    public static async Task<Order> UntilAsync(this TestPanel panel, long order, Func<Order, bool> wanted, string what)
    {
        var found = await panel.RowAsync(order);
        try
        {
            await TestPanel.WaitAsync(async () => wanted(found = await panel.RowAsync(order)), what, atMostSeconds: 60);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the order is {found}", e);
        }

        return found;
    }
}
