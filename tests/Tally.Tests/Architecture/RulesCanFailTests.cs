using System.Runtime.Versioning;
using Shouldly;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Architecture;

/// <summary>Rule 8: each rule of <see cref="DependencyRuleTests"/> finds the violation planted for it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RulesCanFailTests
{
    private const string Planted = "Tally.Tests.Architecture.Planted";

    [Fact]
    public void A_ledger_that_refers_to_a_driver_is_found() =>
        AssemblyRules.RefersOnlyTo(typeof(RulesCanFailTests).Assembly, AssemblyRules.BaseClassLibrary).Violations
            .ShouldContain("Tally.Tests refers to Npgsql.");

    [Fact]
    public void A_platform_that_refers_to_one_of_ours_is_found() =>
        AssemblyRules.RefersOnlyTo(typeof(RulesCanFailTests).Assembly, AssemblyRules.Drivers).Violations
            .ShouldContain("Tally.Tests refers to Tally.Testing.");

    [Fact]
    public void A_use_case_that_knows_the_API_or_a_page_is_found() =>
        FolderRules.UseCasesKnowNoFace(OurCode.Planted, Planted).Violations.ShouldBe(
        [
            $"{Planted}.Orders.PlantedPlaceOrder depends on {Planted}.ApiV2.PlantedAnswer.",
            $"{Planted}.Orders.PlantedPlaceOrder depends on {Planted}.Orders.Pages.PlantedPage.",
        ], ignoreOrder: true);

    [Fact]
    public void A_page_that_asks_the_database_is_found_but_not_one_that_catches_its_exception()
    {
        var violations = FolderRules.FacesTouchNoDatabase(OurCode.Planted, Planted).Violations;

        violations.ShouldContain($"{Planted}.Orders.Pages.PlantedPage depends on System.Data.Common.DbCommand.");
        violations.ShouldNotContain(violation => violation.Contains("DbException", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_features_that_use_each_other_are_found()
    {
        var violations = FolderRules.FeaturesFormNoCycle(OurCode.Planted, Planted).Violations;

        violations.Count.ShouldBe(2);
        violations.ShouldContain(violation => violation.StartsWith("Orders → Catalog is part of a cycle", StringComparison.Ordinal));
        violations.ShouldContain(violation => violation.StartsWith("Catalog → Orders is part of a cycle", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_made_past_the_guard_is_found() =>
        OutboundRules.OnlyTheGuardMakesClients(OurCode.Planted, Planted, guard: $"{Planted}.Guard").Violations
            .ShouldBe([$"{Planted}.Billing.PlantedTopUp makes a System.Net.Http.HttpClient."]);

    [Fact]
    public void A_call_out_from_another_place_is_found() =>
        OutboundRules.OnlyTheseCallOut(OurCode.Planted, Planted, [$"{Planted}.Guard"]).Violations
            .ShouldBe([$"{Planted}.Billing.PlantedTopUp uses System.Net.Http.HttpClient."]);

    [Theory]
    [InlineData("Tally/Orders/Sql.cs", "const string Read = \"SELECT * FROM ledger_transfers\";")]
    [InlineData("Tally/Migrations/0002-x/up.sql", "ALTER TABLE Ledger_Wallets ADD COLUMN x BIGINT;")]
    public void A_table_of_the_ledger_named_elsewhere_is_found(string file, string line) =>
        Violations(SourceRules.OnlyTheLedgerNamesItsTables, file, line).ShouldHaveSingleItem().ShouldStartWith($"{file}:1 ");

    [Theory]
    [InlineData("UPDATE ledger_transfers SET amount = 0")]
    [InlineData("DELETE FROM ledger_wallets")]
    [InlineData("TRUNCATE ledger_transfers")]
    [InlineData("INSERT OR REPLACE INTO ledger_transfers VALUES (1)")]
    public void A_ledger_that_rewrites_is_found(string sql) =>
        Violations(SourceRules.TheLedgerOnlyAppends, "Tally.Ledger/Store.cs", $"const string Sql = \"{sql}\";").ShouldHaveSingleItem();

    [Theory]
    [InlineData("Tally.Ledger/Money.cs", "var rate = (double)units;")]
    [InlineData("Tally.Ledger/Migrations/0001-init/up.sql", "amount DOUBLE PRECISION,")]
    public void Floating_point_in_the_ledger_is_found(string file, string line) =>
        Violations(SourceRules.MoneyIsNoFloatingPoint, file, line).ShouldHaveSingleItem();

    [Theory]
    [InlineData("Tally/ApiV2/Endpoint.cs")]
    [InlineData("Tally/Orders/Pages/Orders.cs")]
    [InlineData("Tally/Ui/Parts/Pager.razor")]
    public void SQL_in_an_endpoint_or_a_page_is_found(string file) =>
        Violations(SourceRules.FacesHoldNoSql, file, "SELECT id").ShouldHaveSingleItem();

    [Fact]
    public void A_ban_lifted_outside_the_guard_is_found() =>
        Violations(SourceRules.OnlyTheGuardLiftsBans, "Tally/Providers/Client.cs", "#pragma warning disable RS0030").ShouldHaveSingleItem();

    [Fact]
    public void What_a_comment_says_or_the_right_place_does_is_no_violation()
    {
        Violations(SourceRules.OnlyTheLedgerNamesItsTables, "Tally/Orders/Sql.cs", "/// Reads no ledger_transfers.").ShouldBeEmpty();
        Violations(SourceRules.OnlyTheLedgerNamesItsTables, "Tally/Migrations/0001-init/up.sql", "-- ledger_wallets come first").ShouldBeEmpty();
        Violations(SourceRules.OnlyTheLedgerNamesItsTables, "Tally.Ledger/Store.cs", "\"SELECT * FROM ledger_transfers\"").ShouldBeEmpty();
        Violations(SourceRules.TheLedgerOnlyAppends, "Tally.Ledger/Store.cs", "\"UPDATE ledger_wallets SET balance = 0\"").ShouldBeEmpty();
        Violations(SourceRules.OnlyTheGuardLiftsBans, "Tally.Platform/Http/OutboundGuard.cs", "#pragma warning disable RS0030").ShouldBeEmpty();
    }

    [Fact]
    public void A_misspelt_banned_symbol_is_found() =>
        BannedSymbolRules.EveryEntryExists(["P:System.DateTime.Noww;Take the time from a TimeProvider.", "M:System.Threading.Thread.Sleep(System.Int32);Await."]).Violations
            .ShouldBe(["P:System.DateTime.Noww is banned but does not exist."]);

    [Fact]
    public void A_symbol_missing_on_the_list_is_found() =>
        BannedSymbolRules.EverythingIsBanned(["P:System.DateTime.UtcNow;Take the time from a TimeProvider."], ["P:System.DateTime.Now"]).Violations
            .ShouldBe(["P:System.DateTime.Now is not banned."]);

    private static IReadOnlyList<string> Violations(Func<string, Findings> rule, string file, string line)
    {
        using var source = new TemporaryFolder();
        source.File(file, line);
        return rule(source.Path).Violations;
    }
}
