using Tally.Accounts;
using Tally.Testing;
using Tally.Tests.Ui;

namespace Tally.Tests.ApiV2.Pages;

/// <summary>One panel for each store, shared by the tests of a class; each test has a customer of its own.</summary>
public sealed class ApiPanels : ContractPanels
{
    private int _own;

    /// <summary>A new customer who is signed in.</summary>
    public async Task<(TestPanel Panel, WebVisitor Visitor, OpenedAccount Account)> SignedInAsync(StoreKind kind, string language = "en", string balance = "1000")
    {
        var panel = await PanelAsync(kind);
        var account = await panel.OpenAccountAsync($"api-{Interlocked.Increment(ref _own)}@example.com", balance);
        return (panel, new WebVisitor(panel, language).SignedInAs(account.Id, account.Email), account);
    }
}
