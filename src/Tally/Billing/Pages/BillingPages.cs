using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Ui;

namespace Tally.Billing.Pages;

/// <summary>Adding funds, and what became of them.</summary>
internal static class BillingPages
{
    public static void MapBillingPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapSignedInPages();
        pages.MapGet("/funds", (Visitor visitor, ReadBalance balances, ListGateways gateways, string? amount, string? way, CancellationToken ct) =>
            FundsAsync(visitor, balances, gateways, new FundsForm(amount, way), ct));
        pages.MapPost("/funds", StartAsync);
        pages.MapGet("/funds/bank", TransferAsync);
        pages.MapGet("/funds/bank/state", TransferStateAsync);
        pages.MapGet("/funds/payments/{id:long}", PaymentAsync);
        pages.MapGet("/funds/payments/{id:long}/state", PaymentStateAsync);
        HistoryPages.Map(pages);
    }

    private static async Task<IResult> FundsAsync(Visitor visitor, ReadBalance balances, ListGateways gateways, FundsForm form, CancellationToken ct)
    {
        var offers = gateways.Run().Select(g => g.Offer).Where(o => o.IsReady).ToList();
        var parameters = new
        {
            Balance = await balances.RunAsync(visitor.Account, ct),
            Offers = (IReadOnlyList<GatewayOffer>)offers,
            Amounts = Presets.Of(visitor.Panel.Currency, visitor.Formats.Decimals, [.. offers.Select(o => (o.Min, o.Max))]),
            Form = form,
        };
        return form.IsRefused ? Page.Refused<FundsPage>(parameters) : Page.Of<FundsPage>(parameters);
    }

    private static async Task<IResult> StartAsync(
        HttpContext http, Visitor visitor, StartPayment start, ReadBalance balances, ListGateways gateways, TimeProvider time, [FromForm] string? amount, [FromForm] string? way, CancellationToken ct)
    {
        var form = new FundsForm(amount, way);
        if (!AmountText.TryRead(amount, visitor.Formats.Decimals, visitor.Formats.Separators.Point, out var money) || money <= Money.Zero)
        {
            return await FundsAsync(visitor, balances, gateways, form with { AmountError = visitor.Words["billing.error.amount"] }, ct);
        }

        var site = PanelOrigin.Of(http, visitor.Panel);
        var begun = await start.RunAsync(way ?? "", new PaymentWish(visitor.Account, visitor.Email, money, site, visitor.Words.Language), ct);
        return begun switch
        {
            PaymentStart.ShowTransfer transfer => Page.Go(TransferPath(transfer.Amount, time.GetUtcNow())),
            PaymentStart.GoTo there => Results.Redirect(there.Address.AbsoluteUri),
            PaymentStart.Refused refused => await FundsAsync(visitor, balances, gateways, Refused(visitor, form, refused), ct),
            _ => throw new InvalidOperationException("A beginning of no known kind."),
        };
    }

    private static FundsForm Refused(Visitor visitor, FundsForm form, PaymentStart.Refused refused) => refused.Problem switch
    {
        "min" => form with { AmountError = visitor.Words["billing.error.min", visitor.Formats.Amount(refused.Offer!.Min)] },
        "max" => form with { AmountError = visitor.Words["billing.error.max", visitor.Formats.Amount(refused.Offer!.Max)] },
        "decimals" => form with { AmountError = visitor.Words["billing.error.decimals", refused.Offer!.Decimals] },
        "down" => form with { WayError = visitor.Words["billing.error.down"] },
        _ => form with { WayError = visitor.Words["billing.error.way"] },
    };

    private static string TransferPath(Money amount, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"/funds/bank?amount={amount}&since={now.ToUnixTimeMilliseconds()}");

    private static async Task<IResult> TransferAsync(
        Visitor visitor, PrepareTransfer prepare, ReadPayments payments, ReadBalance balances, TimeProvider time, string? amount, long? since, CancellationToken ct)
    {
        if (!Money.TryParse(amount, out var money))
        {
            return Page.Go("/funds");
        }

        if (since is null)
        {
            return Page.Go(TransferPath(money, time.GetUtcNow())); // the address itself says from when on it waits, so that a reload goes on waiting
        }

        var credited = await payments.CreditedSinceAsync(visitor.Account, BankTransferGateway.GatewayName, since.Value, ct);
        if (credited is not null)
        {
            return Page.Of<CreditedPage>(new { Payment = credited, Balance = await balances.RunAsync(visitor.Account, ct) });
        }

        return prepare.Run(visitor.Account, money) is { } order ? Page.Of<TransferPage>(new { Order = order, Since = since.Value }) : Page.Go("/funds");
    }

    private static async Task<IResult> TransferStateAsync(Visitor visitor, ReadPayments payments, long since, CancellationToken ct) =>
        State(await payments.CreditedSinceAsync(visitor.Account, BankTransferGateway.GatewayName, since, ct) is null ? PaymentState.Waiting : PaymentState.Credited);

    private static async Task<IResult> PaymentAsync(Visitor visitor, ReadPayments payments, ReadBalance balances, long id, string? from, CancellationToken ct) =>
        await payments.FindAsync(visitor.Account, id, ct) switch
        {
            null => Page.NotFound(),
            { State: PaymentState.Credited } credited => Page.Of<CreditedPage>(new { Payment = credited, Balance = await balances.RunAsync(visitor.Account, ct) }),
            var other => Page.Of<PaymentPage>(new { Payment = other, Left = from == "cancel" }),
        };

    private static async Task<IResult> PaymentStateAsync(Visitor visitor, ReadPayments payments, long id, CancellationToken ct) =>
        await payments.FindAsync(visitor.Account, id, ct) is { } payment ? State(payment.State) : Results.NotFound();

    // For the page's script: when it is no longer "waiting", the page is loaded anew and says the rest.
    private static IResult State(PaymentState state) => Results.Json(new { state = state == PaymentState.Waiting ? "waiting" : "over" });
}

/// <summary>What was typed, and what is wrong with it, in the visitor's language.</summary>
public sealed record FundsForm(string? Amount, string? Way, string? AmountError = null, string? WayError = null)
{
    public bool IsRefused => AmountError is not null || WayError is not null;
}
