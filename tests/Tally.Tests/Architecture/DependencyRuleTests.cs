using Shouldly;
using Xunit;

namespace Tally.Tests.Architecture;

/// <summary>docs/architecture.md, "Rules of dependency". <see cref="RulesCanFailTests"/> proves that each of these can fail.</summary>
public sealed class DependencyRuleTests
{
    [Fact]
    public void The_ledger_refers_to_the_base_class_library_alone() =>
        Holds(AssemblyRules.RefersOnlyTo(OurCode.Ledger, AssemblyRules.BaseClassLibrary), expected: true);

    [Fact]
    public void The_contract_refers_to_the_base_class_library_alone() =>
        Holds(AssemblyRules.RefersOnlyTo(OurCode.Contract, AssemblyRules.BaseClassLibrary), expected: true);

    [Fact]
    public void The_platform_refers_to_drivers_and_nothing_of_ours() =>
        Holds(AssemblyRules.RefersOnlyTo(OurCode.Platform, AssemblyRules.Drivers), expected: true);

    [Fact]
    public void Use_cases_know_neither_the_API_nor_pages_nor_commands() =>
        Holds(FolderRules.UseCasesKnowNoFace(OurCode.Architecture, "Tally"), expected: OurCode.Exists("Tally.Orders"));

    [Fact]
    public void The_API_and_pages_touch_no_database() =>
        Holds(FolderRules.FacesTouchNoDatabase(OurCode.Architecture, "Tally"), expected: OurCode.Exists("Tally.ApiV2"));

    [Fact]
    public void Feature_folders_form_no_cycle() =>
        Holds(FolderRules.FeaturesFormNoCycle(OurCode.Architecture, "Tally"), expected: OurCode.Exists("Tally.Orders"));

    [Fact]
    public void Only_the_guard_makes_HTTP_clients_and_connections() =>
        Holds(OutboundRules.OnlyTheGuardMakesClients(OurCode.Architecture, "Tally", guard: "Tally.Platform.Http"), expected: true);

    [Fact]
    public void Only_providers_gateways_and_webhooks_call_out() =>
        Holds(OutboundRules.OnlyTheseCallOut(OurCode.Architecture, "Tally",
            ["Tally.Platform.Http", "Tally.Contract", "Tally.Providers", "Tally.Billing.Gateways", "Tally.Billing.Webhooks"]), expected: true);

    [Fact]
    public void Only_the_ledger_names_its_tables() => Holds(SourceRules.OnlyTheLedgerNamesItsTables(OurCode.Source), expected: true);

    [Fact]
    public void The_ledger_only_appends() => Holds(SourceRules.TheLedgerOnlyAppends(OurCode.Source), expected: true);

    [Fact]
    public void Money_is_no_floating_point() => Holds(SourceRules.MoneyIsNoFloatingPoint(OurCode.Source), expected: true);

    [Fact]
    public void The_API_and_pages_hold_no_SQL() => Holds(SourceRules.FacesHoldNoSql(OurCode.Source), expected: SourceRules.HasFaces(OurCode.Source));

    [Fact]
    public void Only_the_guard_lifts_the_ban_on_a_banned_symbol() => Holds(SourceRules.OnlyTheGuardLiftsBans(OurCode.Source), expected: true);

    [Fact]
    public void Every_banned_symbol_exists() => Holds(BannedSymbolRules.EveryEntryExists(BannedSymbols), expected: true);

    [Fact]
    public void Everything_that_the_rules_ban_is_on_the_list() => Holds(BannedSymbolRules.EverythingIsBanned(BannedSymbols,
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "M:System.Net.Http.HttpClient.#ctor", "M:System.Net.Http.HttpClient.#ctor(System.Net.Http.HttpMessageHandler)",
        "M:System.Threading.Thread.Sleep(System.Int32)", "M:System.Threading.Thread.Sleep(System.TimeSpan)",
        "P:System.Threading.Tasks.Task`1.Result", "M:System.Threading.Tasks.Task.Wait",
    ]), expected: true);

    private static string[] BannedSymbols => File.ReadAllLines(Path.Combine(OurCode.Root, "BannedSymbols.txt"));

    /// <param name="findings">What the rule has found.</param>
    /// <param name="expected">Whether there is anything for the rule to look at yet; a rule that then looked at nothing proves nothing.</param>
    private static void Holds(Findings findings, bool expected)
    {
        findings.Violations.ShouldBeEmpty();
        if (expected)
            findings.Examined.ShouldBeGreaterThan(0);
    }
}
