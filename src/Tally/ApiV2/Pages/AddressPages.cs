using Microsoft.AspNetCore.Mvc;
using Tally.Accounts;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>From where a customer's keys may be used.</summary>
internal static class AddressPages
{
    public static void MapAddresses(this RouteGroupBuilder routes)
    {
        routes.MapGet("/api/addresses", async (HttpContext http, Visitor visitor, AccountBook book, ProvePassword prove, TrustedProxies proxies, CancellationToken ct) =>
        {
            var stored = await book.AddressesAsync(visitor.Account, ct);
            return Page.Of<AddressesPage>(new { Stored = stored, Text = stored, From = ClientAddress.Of(http, proxies).ToString(), AsksPassword = await prove.IsAskedAsync(visitor.Account) });
        });
        routes.MapPost("/api/addresses", SaveAsync);
    }

    /// <param name="also">An address to add to the list: the button of the question whether one means to lock oneself out.</param>
    /// <param name="confirm"><c>yes</c> when one means to.</param>
    private static async Task<IResult> SaveAsync(
        HttpContext http, Visitor visitor, AccountBook book, SaveAddresses save, ProvePassword prove, TrustedProxies proxies, [FromForm] string? addresses, [FromForm] string? also,
        [FromForm] string? confirm, [FromForm] string? current, CancellationToken ct)
    {
        var from = ClientAddress.Of(http, proxies);
        var text = string.IsNullOrEmpty(also) ? addresses : $"{addresses?.TrimEnd()}\n{also}";
        if (await prove.IfAnyAsync(visitor.Account, current) is { } unproved)
        {
            return Page.Refused<AddressesPage>(
                new { Stored = await book.AddressesAsync(visitor.Account, ct), Text = text, From = from.ToString(), AsksPassword = true, ProofProblem = visitor.Words[unproved.Why] },
                unproved is AccountOutcome.TooMany);
        }

        var outcome = await save.RunAsync(visitor.Account, text, from, evenSo: confirm == "yes", ct);
        if (outcome is SaveAddressesOutcome.Saved(var list))
        {
            Flash.Say(http, list.Entries.Count == 0 ? new FlashMessage("apiv2.addresses.savedAll", []) : new FlashMessage("apiv2.addresses.saved", [visitor.Formats.Number(list.Entries.Count)]));
            return Page.Go("/api/addresses");
        }

        return Page.Refused<AddressesPage>(new
        {
            Stored = await book.AddressesAsync(visitor.Account, ct),
            Text = text,
            From = from.ToString(),
            Errors = (outcome as SaveAddressesOutcome.Wrong)?.Errors,
            LockedOut = (outcome as SaveAddressesOutcome.LocksOut)?.List,
            AsksPassword = await prove.IsAskedAsync(visitor.Account),
        });
    }
}
