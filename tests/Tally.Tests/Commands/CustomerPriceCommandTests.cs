using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class CustomerPriceCommandTests
{
    [Theory, BothStores]
    public async Task A_customers_prices_are_set_listed_and_taken_back(StoreKind kind)
    {
        await using var line = await CommandLine.OnAsync(kind);
        await line.AddUserAsync("a@example.com");
        (await line.RunAsync("services", "prices", "customer", "list", "a@example.com")).ShouldSucceed().Output.ShouldContain("pays what the price list says");
        (await line.JsonAsync("services", "prices", "customer", "set", "a@example.com", "--percent", "-12.5")).GetProperty("percent").GetDecimal().ShouldBe(-12.5m);
        await line.ExecuteAsync("INSERT INTO services (id, name, description, type, category, platform, rate, min, max, refill, cancel, dripfeed, version) VALUES (7, 'Like', '', 1, 'C', 'P', 1000000, 1, 10, 0, 0, 0, 1)");
        var rate = (await line.JsonAsync("services", "prices", "customer", "set", "a@example.com", "--service", "7", "--rate", "8.5")).GetProperty("rates")[0];
        (rate.GetProperty("rate").GetString(), rate.GetProperty("list").GetString(), rate.GetProperty("holds").GetBoolean()).ShouldBe(("8.5", "10", true));
        (await line.RunAsync("services", "prices", "customer", "set", "a@example.com", "--service", "7")).ShouldFail("--rate");
        (await line.RunAsync("services", "prices", "customer", "set", "a@example.com", "--percent", "-99.5")).ShouldFail();
        (await line.RunAsync("services", "prices", "customer", "set", "b@example.com", "--percent", "5")).ShouldFail("no account");
        var left = await line.JsonAsync("services", "prices", "customer", "clear", "a@example.com", "--percent");
        (left.GetProperty("percent").GetDecimal(), left.GetProperty("rates").GetArrayLength()).ShouldBe((0m, 1));
        (await line.JsonAsync("services", "prices", "customer", "clear", "a@example.com")).GetProperty("rates").GetArrayLength().ShouldBe(0);
    }
}
