using Shouldly;
using Tally.Accounts;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("quiet river stone", null)]
    [InlineData("correcthorse", null)]
    [InlineData("1234567", "password_short")]
    [InlineData("12345678", "password_obvious")]
    [InlineData("Password", "password_obvious")]
    [InlineData("MATKHAU123", "password_obvious")]
    [InlineData("liverpool1", "password_obvious")]
    [InlineData("abababababab", "password_obvious")]
    [InlineData("customer@example.com", "password_obvious")]
    [InlineData("Customer", "password_obvious")]
    [InlineData("shopalpha", "password_obvious")]
    [InlineData("ShopAlpha2026!", "password_obvious")]
    [InlineData("ShopAlpha and more", null)]
    [InlineData("# Passwords that are", null)]
    public async Task A_password_is_taken_unless_it_is_tried_first(string password, string? problem)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await panel.SetAsync("name", "Shop Alpha");
        panel.Get<Passwords>().Problem(password, "customer@example.com").ShouldBe(problem);
    }

    [Fact]
    public void At_least_three_thousand_passwords_are_known_that_would_be_long_enough()
    {
        using var list = new StreamReader(typeof(Passwords).Assembly.GetManifestResourceStream("common-passwords.txt").ShouldNotBeNull());
        var words = list.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(w => !w.StartsWith('#')).ToList();
        words.Count.ShouldBeGreaterThan(3_000, "OWASP ASVS 6.2.4");
        words.ShouldAllBe(w => w.Length >= Passwords.Shortest);
        words.ShouldBeUnique();
    }
}
