using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class PaymentCommandTests
{
    [Theory, BothStores]
    public async Task Gateways_are_set_listed_and_taken_back_and_secrets_are_never_shown(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        (await tally.RunAsync("gateways", "list")).ShouldSucceed().Output.ShouldContain("bank: not offered; missing: bank_bin, bank_name, account_number, account_holder, vnd_rate");
        (await tally.RunAsync("settings", "set", "currency", "VND")).ShouldSucceed();
        foreach (var (name, value) in new[] { ("bank_bin", "970422"), ("bank_name", "MB Bank"), ("account_number", "0123 456-789"), ("account_holder", "CÔNG TY TALLY") })
        {
            (await tally.RunAsync("gateways", "set", "bank", name, value)).ShouldSucceed();
        }

        (await tally.RunAsync("gateways", "set", "bank", "webhook_key", "secret-0123456789abcdef")).ShouldSucceed().Output.ShouldBe("bank webhook_key = (secret)\n");
        var list = (await tally.RunAsync("gateways", "list")).ShouldSucceed();
        list.Output.ShouldContain("bank: offered, 10000 to 499999999");
        list.Output.ShouldContain("0123456789 ");
        list.Output.ShouldNotContain("abcdef");
        var json = (await tally.JsonAsync("gateways", "list")).EnumerateArray().First(g => g.GetProperty("name").GetString() == "bank");
        json.GetProperty("ready").GetBoolean().ShouldBeTrue();
        json.GetProperty("settings").GetProperty("webhook_key").GetString().ShouldBe("(secret)");
        (await tally.RunAsync("gateways", "unset", "bank", "bank_bin")).ShouldSucceed().Output.ShouldBe("bank bank_bin is not set\n");
        (await tally.RunAsync("gateways", "list")).ShouldSucceed().Output.ShouldContain("missing: bank_bin");
    }

    [Theory]
    [InlineData("cash", "min", "1", "There is no gateway 'cash'. There are: bank, stripe")]
    [InlineData("bank", "colour", "1", "bank has no setting 'colour'")]
    [InlineData("bank", "bank_bin", "97042", "6 digits")]
    [InlineData("bank", "account_number", "12#4", "letters and digits")]
    [InlineData("bank", "memo_prefix", "N1", "letters without accents")]
    [InlineData("bank", "vnd_rate", "26.350,5", "an amount above 0")]
    [InlineData("bank", "min", "0", "an amount above 0")]
    [InlineData("bank", "webhook_key", "short", "16 to 500")]
    [InlineData("stripe", "secret_key", "pk_test_0123456789abcdef", "beginning with sk_ or rk_")]
    [InlineData("stripe", "enabled", "yes", "on or off")]
    public async Task What_does_not_fit_is_refused_and_named(string gateway, string name, string value, string words)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("gateways", "set", gateway, name, value)).ShouldFail(words);
        (await tally.RunAsync("gateways", "set", gateway, name)).ShouldFail("Give the value once");
    }

    [Theory, BothStores]
    public async Task A_secret_comes_from_standard_input(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var input = Console.In;
        try
        {
            using var given = new StringReader("whsec_0123456789abcdef\n");
            Console.SetIn(given);
            (await tally.RunAsync("gateways", "set", "stripe", "webhook_secret", "--stdin")).ShouldSucceed().Output.ShouldBe("stripe webhook_secret = (secret)\n");
        }
        finally
        {
            Console.SetIn(input);
        }
    }

    [Theory, BothStores]
    public async Task Transfers_that_wait_are_assigned_or_rejected_and_payments_are_listed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("lan@example.com");
        (await tally.RunAsync("settings", "set", "currency", "VND")).ShouldSucceed();
        (await tally.RunAsync("payments", "list")).ShouldSucceed().Output.ShouldBe("No payment.\n");
        (await tally.RunAsync("payments", "unmatched")).ShouldSucceed().Output.ShouldBe("No bank transfer.\n");
        foreach (var id in new[] { 7, 8 })
        {
            await tally.ExecuteAsync($"INSERT INTO bank_transfers (id, received_at, transferred_at, bank, account_number, content, amount, state, why) VALUES ({id}, 0, '', 'MB', '1', 'mua hang', 50000, 0, 'memo')");
        }

        (await tally.JsonAsync("payments", "unmatched")).GetArrayLength().ShouldBe(2);
        (await tally.RunAsync("payments", "assign", "7", "nobody@example.com")).ShouldFail("no account");
        (await tally.RunAsync("payments", "assign", "9", "lan@example.com")).ShouldFail("no bank transfer 9");
        (await tally.JsonAsync("payments", "assign", "7", "lan@example.com")).GetProperty("amount").GetString().ShouldBe("50000");
        (await tally.RunAsync("payments", "assign", "7", "lan@example.com")).ShouldFail("credited already");
        (await tally.RunAsync("payments", "reject", "8", "--reason", "sent back")).ShouldSucceed();
        (await tally.RunAsync("payments", "unmatched", "--all")).ShouldSucceed().Lines.Length.ShouldBe(2);
        var payment = (await tally.JsonAsync("payments", "list", "--account", "lan@example.com")).EnumerateArray().ShouldHaveSingleItem();
        (payment.GetProperty("method").GetString(), payment.GetProperty("state").GetString(), payment.GetProperty("amount").GetString()).ShouldBe(("bank", "credited", "50000"));
        (await tally.RunAsync("payments", "seen", "1", "--reason", "done")).ShouldFail("No alert is open");
        (await tally.JsonAsync("ledger", "verify")).GetProperty("holds").GetBoolean().ShouldBeTrue();
        (await tally.RunAsync("doctor")).ShouldSucceed();
    }
}
