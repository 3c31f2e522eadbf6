using System.Globalization;
using System.Net;
using Stripe;
using Stripe.Checkout;
using Tally.Ledger;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Billing.Gateways.StripeCheckout;

/// <summary>Cards and whatever else Stripe Checkout takes: the customer pays on Stripe's page, and <see cref="ReceiveCardNews"/> credits what Stripe then says was paid.</summary>
public sealed class StripeGateway(
    Database database, GatewayBook book, SettingsSnapshot settings, StripeClients clients, Alerts alerts, TimeProvider time, ILogger<StripeGateway> logger) : IGateway, IDisposable
{
    /// <summary>Stored; never change it.</summary>
    public const string GatewayName = "stripe";

    /// <summary>The subject of the alert that is open while Stripe refuses our key.</summary>
    private const string AlertSubject = "gateway stripe";

    private readonly IdAllocator _payments = new(database, time, "payment");

    public string Name => GatewayName;

    public IReadOnlyList<GatewaySetting> Settings => StripeSettings.Names;

    public GatewayOffer Offer(GatewayValues values, PanelSettings panel)
    {
        var stripe = StripeSettings.Read(values);
        string[] missing = [.. stripe.Missing()];
        if (missing.Length > 0)
        {
            return GatewayOffer.Not(GatewayName, missing);
        }

        var decimals = StripeAmounts.Decimals(panel.Currency);
        var least = panel.Currency == "VND" ? 20_000 : decimals == 0 ? 1_000 : 1;
        var most = StripeAmounts.FromMinor(StripeAmounts.MostMinor, panel.Currency);
        return new GatewayOffer(GatewayName, [], stripe.Min ?? new Money(least * Money.UnitsPerOne), stripe.Max is { } max && max < most ? max : most, decimals, Automatic: true);
    }

    public async Task<PaymentStart> StartAsync(PaymentWish wish, CancellationToken ct)
    {
        var panel = settings.Current;
        if (StripeSettings.Read(book.Of(GatewayName)).SecretKey is not { } key || StripeAmounts.ToMinor(wish.Amount, panel.Currency) is not { } minor)
        {
            return new PaymentStart.Refused("way");
        }

        // The payment stands before the call goes out: whatever Stripe says later finds it.
        var id = await _payments.TakeAsync(ct);
        var payment = new Payment(id, wish.AccountId, wish.Amount, GatewayName, PaymentState.Waiting, null, "", null, null, time.GetUtcNow().ToUnixTimeMilliseconds(), null);
        await database.WriteAsync(tx => PaymentRows.InsertAsync(tx, payment), ct);
        try
        {
            var session = await new SessionService(clients.With(key)).CreateAsync(
                Terms(wish, panel, id, minor), new RequestOptions { IdempotencyKey = $"tally-{panel.PanelId}-{id.ToString(CultureInfo.InvariantCulture)}" }, ct);
            await KeepAsync(id, session.Id, CancellationToken.None);
            return Uri.TryCreate(session.Url, UriKind.Absolute, out var address) ? new PaymentStart.GoTo(id, address) : await FailAsync(id, "Stripe named no page", null, ct);
        }
        catch (Exception e) when (e is StripeException or HttpRequestException or (OperationCanceledException and not { CancellationToken.IsCancellationRequested: true }))
        {
            return await FailAsync(id, Secrets.Redact(e.Message), (e as StripeException)?.HttpStatusCode, CancellationToken.None);
        }
    }

    public void Dispose() => _payments.Dispose();

    private static SessionCreateOptions Terms(PaymentWish wish, PanelSettings panel, long id, long minor)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        var back = $"{wish.Site}/funds/payments/{number}";
        Dictionary<string, string> metadata = new() { [StripeEvents.PanelKey] = panel.PanelId, [StripeEvents.PaymentKey] = number };
        return new SessionCreateOptions
        {
            Mode = "payment",
            ClientReferenceId = number,
            CustomerEmail = wish.Email.Length > 0 ? wish.Email : null,
            Locale = wish.Language,
            LineItems =
            [
                new SessionLineItemOptions
                {
                    Quantity = 1,
                    PriceData = new SessionLineItemPriceDataOptions
                    {
                        Currency = panel.Currency.ToLowerInvariant(),
                        UnitAmount = minor,
                        ProductData = new SessionLineItemPriceDataProductDataOptions { Name = $"{panel.Name} – {(wish.Language == "vi" ? "nạp số dư" : "balance top-up")}" },
                    },
                },
            ],
            Metadata = metadata,
            PaymentIntentData = new SessionPaymentIntentDataOptions { Metadata = metadata, Description = $"{panel.Name} #{number}" },
            SuccessUrl = back + "?from=checkout",
            CancelUrl = back + "?from=cancel",
        };
    }

    private Task KeepAsync(long id, string session, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await Dapper.SqlMapper.ExecuteAsync(tx.Connection, "UPDATE payments SET reference = @session WHERE id = @id AND reference IS NULL", new { id, session }, tx.Transaction);
            await alerts.ClearAsync(tx, AlertKind.Payments, AlertSubject, ct);
        },
        ct);

    private async Task<PaymentStart> FailAsync(long id, string why, HttpStatusCode? status, CancellationToken ct)
    {
        logger.LogWarning("Stripe did not begin payment {Payment}: {Status} {Why}", id, status, why);
        await database.WriteAsync(
            async tx =>
            {
                await Dapper.SqlMapper.ExecuteAsync(
                    tx.Connection, "UPDATE payments SET state = 2, note = @why, ended_at = @now WHERE id = @id AND state = 0",
                    new { id, why, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction);
                if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    await alerts.RaiseAsync(tx, AlertKind.Payments, AlertSubject, "Stripe refuses the panel's key: " + why, ct);
                }
            },
            ct);
        return new PaymentStart.Refused("down");
    }
}
