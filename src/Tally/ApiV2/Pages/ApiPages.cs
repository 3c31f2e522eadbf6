using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Tally.Accounts;
using Tally.Catalog;
using Tally.Settings;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>What the documentation shows to this visitor.</summary>
/// <param name="Address">The API's full address.</param>
/// <param name="ClientAddress">Where the visitor comes from.</param>
/// <param name="Keys">How many keys of the account work; null for a visitor.</param>
/// <param name="Allowed">How many entries the account's address list has; 0 = all addresses.</param>
public sealed record ApiView(string Address, TypeRules Type, SampleLanguage Language, string ClientAddress, int? Keys, int Allowed);

/// <summary>The API page: the documentation for everybody; keys, address list and a place to try it for those who are signed in.</summary>
internal static class ApiPages
{
    public static IServiceCollection AddApiPages(this IServiceCollection services) => services.AddSingleton<TryApi>();

    public static void MapApiPages(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapPages();
        open.MapGet("/api", ShowAsync);
        open.MapGet("/api/openapi.json", (HttpContext http, SettingsSnapshot settings) => TypedResults.Bytes(OpenApi.Write(PanelOrigin.Of(http, settings.Current), settings.Current), MediaTypeNames.Application.Json));
        open.MapGet("/api/openapi", (HttpContext http, SettingsSnapshot settings) =>
            TypedResults.File(OpenApi.Write(PanelOrigin.Of(http, settings.Current), settings.Current), MediaTypeNames.Application.Json, "openapi.json"));

        var own = routes.MapSignedInPages();
        own.MapKeys();
        own.MapAddresses();
        own.MapGet("/api/try", (HttpContext http, Visitor visitor, string? action, string? type, string? order) =>
            Page.Of<TryPage>(new { Request = TryRequest.Empty(action, type, order), Address = Address(http, visitor) }));
        own.MapPost("/api/try", TryAsync);
    }

    /// <summary>The API's full address.</summary>
    public static string Address(HttpContext http, Visitor visitor) => PanelOrigin.Of(http, visitor.Panel) + "/api/v2";

    private static async Task<IResult> ShowAsync(
        HttpContext http, Visitor visitor, AccountBook book, TrustedProxies proxies, string? type, string? lang, CancellationToken ct)
    {
        int? keys = visitor.AccountId is { } account ? (await book.KeysAsync(account, ct)).Count(k => k.RevokedAt is null) : null;
        var allowed = visitor.AccountId is { } owner && AddressList.Parse(await book.AddressesAsync(owner, ct)) is AddressListOutcome.Parsed(var list) ? list.Entries.Count : 0;
        return Page.Of<ApiPage>(new
        {
            View = new ApiView(Address(http, visitor), Reference.TypeOf(type), Samples.LanguageOf(lang), ClientAddress.Of(http, proxies).ToString(), keys, allowed),
        });
    }

    // What changes something is asked about first: the answer to the form is then the question, with everything that was filled in.
    private static async Task<IResult> TryAsync(HttpContext http, Visitor visitor, TryApi api, [FromForm] string? confirm)
    {
        var request = TryRequest.Read(http.Request.Form);
        if (request.Doc.Changes && confirm != "yes")
        {
            return Page.Of<TryPage>(new { Request = request, Address = Address(http, visitor), Asks = true });
        }

        return Page.Of<TryPage>(new { Request = request, Address = Address(http, visitor), Answer = await api.RunAsync(http, visitor.Account, request) });
    }
}
