using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class UserCommandTests
{
    [Theory, BothStores]
    public async Task An_account_is_opened_with_money_and_a_key_that_is_shown_once(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        var said = (await tally.RunAsync("user", "add", "An@Example.com", "--balance", "250000.5")).ShouldSucceed();
        said.Lines[0].ShouldBe("account 1 an@example.com");
        said.Lines[1].ShouldBe("balance 250000.5");
        said.Lines[2].ShouldStartWith("key     tly_");
        var json = await tally.JsonAsync("user", "add", "binh@example.com");
        json.GetProperty("email").GetString().ShouldBe("binh@example.com");
        json.GetProperty("balance").GetString().ShouldBe("0");
        json.GetProperty("key").GetString()!.ShouldStartWith("tly_");
        var shown = (await tally.RunAsync("user", "show", "an@example.com")).ShouldSucceed();
        shown.Lines.ShouldBe(["account   1 an@example.com", "balance   250000.5", "addresses all"]);
        shown.Output.ShouldNotContain("tly_");
    }

    [Theory, BothStores]
    public async Task A_password_is_made_or_read_and_an_address_confirmed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        (await tally.RunAsync("user", "password", "an@example.com")).ShouldSucceed().Lines[0].ShouldMatch("^password ([a-z2-9]{4}-){3}[a-z2-9]{4}$");
        var input = Console.In;
        try
        {
            Console.SetIn(new StringReader("quiet river stone\n12345678\n"));
            (await tally.RunAsync("user", "password", "an@example.com", "--stdin")).ShouldSucceed().Output.ShouldBe("the password of an@example.com is set\n");
            (await tally.RunAsync("user", "password", "an@example.com", "--stdin")).ShouldFail("tried first by everybody");
            (await tally.RunAsync("user", "password", "an@example.com", "--stdin")).ShouldFail("8 to 128 characters");
        }
        finally
        {
            Console.SetIn(input);
        }

        (await tally.RunAsync("user", "confirm", "an@example.com")).ShouldSucceed().Output.ShouldBe("an@example.com is confirmed\n");
        (await tally.RunAsync("user", "confirm", "nobody@example.com")).ShouldFail("There is no account for nobody@example.com.");
    }

    [Theory, BothStores]
    public async Task An_address_has_one_account_whatever_its_case(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        (await tally.RunAsync("user", "add", "AN@example.com")).ShouldFail("There is an account for an@example.com already");
    }

    [Theory]
    [InlineData("not-an-address")]
    [InlineData("")]
    [InlineData("An <an@example.com>")]
    [InlineData("an@example.com, binh@example.com")]
    public async Task What_is_no_address_opens_nothing(string email)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("user", "add", email)).ShouldFail("is no e-mail address");
        (await tally.RunAsync("user", "show", email)).ShouldFail("is no e-mail address");
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.123456")]
    [InlineData("1e5")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999")]
    [InlineData("-5")]
    [InlineData("-0.00001")]
    public async Task A_malformed_opening_balance_opens_no_account(string balance)
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("user", "add", "an@example.com", "--balance=" + balance)).ShouldFail(balance);
        (await tally.RunAsync("user", "show", "an@example.com")).ShouldFail("There is no account for an@example.com.");
    }

    [Theory, BothStores]
    public async Task Money_is_put_on_a_wallet_and_taken_off(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com", "100");
        (await tally.RunAsync("user", "credit", "an@example.com", "50.25", "--reason", "bank transfer 17")).ShouldSucceed()
            .Output.ShouldContain("the balance of an@example.com is 150.25");
        var json = await tally.JsonAsync("user", "credit", "an@example.com", "-150", "--reason", "paid back");
        json.GetProperty("balance").GetString().ShouldBe("0.25");
        json.GetProperty("payment").GetInt64().ShouldBePositive();
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("balance").GetString().ShouldBe("0.25");
    }

    [Theory, BothStores]
    public async Task What_cannot_be_credited_moves_no_money(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com", "100");
        (await tally.RunAsync("user", "credit", "an@example.com", "-100.00001", "--reason", "x")).ShouldFail("The wallet has 100; 100.00001 cannot be taken off.");
        (await tally.RunAsync("user", "credit", "an@example.com", "0", "--reason", "x")).ShouldFail("must not be 0");
        (await tally.RunAsync("user", "credit", "an@example.com", "five", "--reason", "x")).ShouldFail("'five' is no amount");
        (await tally.RunAsync("user", "credit", "an@example.com", "5", "--reason", " ")).ShouldFail("A reason is required");
        (await tally.RunAsync("user", "credit", "an@example.com", "92233720368547.75807", "--reason", "x")).ShouldFail("cannot hold that much");
        (await tally.RunAsync("user", "credit", "an@example.com", "-92233720368547.75808", "--reason", "x")).ShouldFail();
        (await tally.RunAsync("user", "credit", "nobody@example.com", "5", "--reason", "x")).ShouldFail("There is no account for nobody@example.com.");
        (await tally.RunAsync("user", "credit", "an@example.com", "5")).ShouldBeMisspelt("'--reason' is required");
        (await tally.RunAsync("user", "credit", "an@example.com", "--reason", "x")).ShouldBeMisspelt("Required argument");
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("balance").GetString().ShouldBe("100");
        (await tally.RunAsync("ledger", "verify")).ShouldSucceed();
    }

    [Theory, BothStores]
    public async Task An_account_is_suspended_and_let_in_again(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await tally.AddUserAsync("an@example.com");
        (await tally.RunAsync("user", "suspend", "an@example.com")).ShouldSucceed().Lines.ShouldBe(["an@example.com is suspended"]);
        (await tally.RunAsync("user", "show", "an@example.com")).ShouldSucceed().Lines[0].ShouldEndWith("(suspended)");
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("account").GetProperty("suspended").GetBoolean().ShouldBeTrue();
        (await tally.JsonAsync("user", "resume", "an@example.com")).GetProperty("suspended").GetBoolean().ShouldBeFalse();
        (await tally.JsonAsync("user", "show", "an@example.com")).GetProperty("account").GetProperty("suspended").GetBoolean().ShouldBeFalse();
        (await tally.RunAsync("user", "suspend", "nobody@example.com")).ShouldFail("There is no account for nobody@example.com.");
        (await tally.RunAsync("user", "resume", "nobody@example.com")).ShouldFail("There is no account for nobody@example.com.");
    }
}
