using System.Globalization;
using Shouldly;
using Tally.Testing;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary><c>migrate</c>, <c>doctor</c>, <c>ledger verify</c>.</summary>
[Collection(nameof(CommandLine))]
public sealed class StoreCommandTests
{
    [Theory, BothStores]
    public async Task A_store_is_brought_forward_once(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var json = await tally.JsonAsync("migrate");
        json.GetProperty("applied").EnumerateArray().Select(a => a.GetString()).ShouldContain("tally/0001-init");
        (await tally.RunAsync("migrate")).ShouldSucceed().Lines.ShouldBe(["The store is up to date."]);
        var said = (await tally.RunAsync("doctor")).ShouldSucceed();
        said.Lines[0].ShouldStartWith(kind == StoreKind.Sqlite ? "store:      SQLite " : "store:      PostgreSQL 127.0.0.1:");
        said.Lines[1..].ShouldBe(["migrations: up to date", "checks:     hold"]);
        (await tally.JsonAsync("doctor")).GetProperty("ok").GetBoolean().ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task Migrating_says_what_it_did(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("migrate")).ShouldSucceed().Lines.ShouldAllBe(l => l.StartsWith("applied "));
    }

    [Theory, BothStores]
    public async Task The_doctor_only_looks_and_names_what_is_pending(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.ExecuteAsync("CREATE TABLE of_somebody_else (id BIGINT PRIMARY KEY)");
        for (var again = 0; again < 2; again++)
        {
            var said = await tally.RunAsync("doctor", "--json");
            said.Code.ShouldBe(1);
            said.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
            said.Json.GetProperty("pending").EnumerateArray().Select(p => p.GetString()).ShouldContain("ledger/0001-init");
        }

        (await tally.RunAsync("doctor")).Output.ShouldContain("(run: tally migrate)");
        (await tally.RunAsync("ledger", "verify")).ShouldFail("tally migrate");
    }

    [Theory, BothStores]
    public async Task The_doctor_names_a_fault_in_the_data(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        await tally.ExecuteAsync("INSERT INTO order_references (account_id, reference, order_id, type, hash) VALUES (1, 'r', 77, 1, 'h')");
        var said = await tally.RunAsync("doctor");
        said.Code.ShouldBe(1);
        said.Lines[2].ShouldBe("checks:     tally/0001-init: order reference of account 1 points to order 77, which is not there");
        (await tally.RunAsync("doctor", "--json")).Json.GetProperty("faults").GetArrayLength().ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_store_of_a_newer_build_is_refused_by_every_command(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("migrate")).ShouldSucceed();
        await tally.ExecuteAsync("INSERT INTO schema_migrations (module, number, name, checksum, applied_at) VALUES ('tally', 9000, '9000-later', 'x', 0)");
        foreach (var command in (string[][])[["migrate"], ["doctor"], ["ledger", "verify"], ["settings", "list"], ["serve", "--urls", "http://127.0.0.1:0"]])
        {
            (await tally.RunAsync(command)).Errors.ShouldContain("The store is newer than this build: it has migration tally/9000-later.", Case.Sensitive, command[0]);
        }

        (await tally.RunAsync("migrate")).ShouldFail("newer than this build");
    }

    [Theory, BothStores]
    public async Task A_sound_ledger_is_said_to_hold(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await OrderAsync(tally);
        var said = (await tally.RunAsync("ledger", "verify")).ShouldSucceed();
        said.Lines[0].ShouldBe("The ledger holds: 2 transfers, 1 wallets, 1 orders, 1 payments; every USD is accounted for.");
        said.Lines[1].ShouldMatch("^  wallets +92500 USD$");
        var json = await tally.JsonAsync("ledger", "verify");
        json.GetProperty("holds").GetBoolean().ShouldBeTrue();
        json.GetProperty("walletTotal").GetString().ShouldBe("92500");
        json.GetProperty("orders").GetInt64().ShouldBe(1);
    }

    public static TheoryData<StoreKind, string, string> Corruptions
    {
        get
        {
            var all = new TheoryData<StoreKind, string, string>();
            foreach (var kind in Enum.GetValues<StoreKind>())
            {
                all.Add(kind, "UPDATE ledger_wallets SET balance = balance + 1", "wallet");
                all.Add(kind, "UPDATE orders SET charge = charge - 1", "order 1: its charge is 7499.99999, the ledger has 7500");
                all.Add(kind, "UPDATE orders SET status = 3", "order 1: it is Completed, but 7500 is still held");
                all.Add(kind, "UPDATE payments SET amount = amount + 1", "payment 1: its amount is 100000.00001, the ledger has 100000");
                all.Add(kind, "UPDATE payments SET state = 2", "payment 1: it is Failed, but the ledger has 100000 for it");
                all.Add(kind, "DELETE FROM payments", "payment 1: the ledger has a transfer for it, but there is no such payment");
                all.Add(kind, "INSERT INTO payments (id, account_id, amount, method, note, created_at) VALUES (99, 1, 5, 'bank', '', 0)", "payment 99: 0.00005 is credited, but the ledger has no transfer for it");
                all.Add(kind, "DELETE FROM orders", "order 1: the ledger has transfers for it, but there is no such order");
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(Corruptions))]
    public async Task A_corruption_is_named_and_ends_with_1(StoreKind kind, string corruption, string words)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await OrderAsync(tally);
        await tally.ExecuteAsync(corruption);
        var said = await tally.RunAsync("ledger", "verify");
        said.Code.ShouldBe(1);
        said.Lines[0].ShouldStartWith("The ledger does NOT hold: ");
        said.Lines[0].ShouldContain(words, Case.Insensitive);
        var json = (await tally.RunAsync("ledger", "verify", "--json")).Json;
        json.GetProperty("holds").GetBoolean().ShouldBeFalse();
        json.GetProperty("firstFault").GetString()!.ShouldContain(words, Case.Insensitive);
    }

    [Fact]
    public async Task Whoever_looks_at_a_store_that_is_not_there_is_told_so_and_nothing_is_made()
    {
        using var folder = new TemporaryFolder();
        var missing = Path.Combine(folder.Path, "typing-error", "tally.db");
        (await CommandLine.RunAloneAsync("ledger", "verify", "--database", missing)).ShouldFail("There is no store at", missing);
        (await CommandLine.RunAloneAsync("doctor", "--database", missing)).ShouldFail("There is no store at", missing);
        Directory.Exists(Path.GetDirectoryName(missing)).ShouldBeFalse();
        (await CommandLine.RunAloneAsync("migrate", "--database", missing)).ShouldSucceed();
        (await CommandLine.RunAloneAsync("doctor", "--database", missing)).ShouldSucceed();
    }

    private static async Task OrderAsync(CommandLine tally)
    {
        var key = await tally.AddUserAsync("an@example.com", "100000");
        await using var panel = await TestPanel.JoinAsync(tally.Database);
        var service = (await panel.AddServiceAsync()).Id.ToString(CultureInfo.InvariantCulture);
        (await panel.CallAsAsync(key, "add", ("service", service), ("link", "https://example.com/a"), ("quantity", "500"))).GetProperty("order").GetInt64().ShouldBe(1);
    }
}
