using Dapper;
using Tally.Ledger;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>The operator gives a customer own prices, or takes them back. Every node sells by them within a second.</summary>
public sealed class SetCustomerPrice(Database database, Catalog catalog, CustomerPrices prices, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _audit = new(database, time, "audit", long.MaxValue);

    /// <summary>Sets the percentage on all services that have no own rate; null takes it back. One that would lead below the cost of a service stops at that cost.</summary>
    /// <param name="accountId">The customer.</param>
    /// <param name="percent">Hundredths of a percent, −9,900 … 100,000; negative = off.</param>
    /// <param name="actor">Who does it, for the audit log.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="InvalidInputException">The percentage is outside its range or 0.</exception>
    public Task PercentAsync(long accountId, long? percent, string actor, CancellationToken ct)
    {
        if (percent is 0 or < OwnPrices.LeastPercent or > OwnPrices.MostPercent)
        {
            throw new InvalidInputException("A customer's percentage is from -99 to 1000, not 0, with at most two decimals.");
        }

        return WriteAsync(
            percent is null ? "DELETE FROM customer_percents WHERE account_id = @accountId"
                : "INSERT INTO customer_percents (account_id, percent) VALUES (@accountId, @percent) ON CONFLICT (account_id) DO UPDATE SET percent = @percent",
            new { accountId, percent }, new AuditLine(actor, "customer percent", $"account {accountId}", percent is { } set ? $"{set / 100m} %" : "none"), ct);
    }

    /// <summary>Sets the customer's own rate of a service; null takes it back.</summary>
    /// <param name="accountId">The customer.</param>
    /// <param name="serviceId">The service.</param>
    /// <param name="rate">For as many units as the service's type counts by.</param>
    /// <param name="actor">Who does it, for the audit log.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="InvalidInputException">There is no such service, or the rate is below 0 or below the service's known cost.</exception>
    public async Task RateAsync(long accountId, long serviceId, Money? rate, string actor, CancellationToken ct)
    {
        await catalog.RefreshAsync(ct);
        if (!catalog.Current.ById.TryGetValue(serviceId, out var service))
        {
            throw new InvalidInputException($"There is no service {serviceId}.");
        }

        if (rate < Money.Zero)
        {
            throw new InvalidInputException("A rate is 0 or more.");
        }

        if (service.KnownCost is { } cost && rate < cost)
        {
            throw new InvalidInputException($"Service {serviceId} would be sold below cost: {rate} per {service.Rules.Per}, but the cheapest route asks {cost}.");
        }

        await WriteAsync(
            rate is null ? "DELETE FROM customer_rates WHERE account_id = @accountId AND service_id = @serviceId"
                : """
                  INSERT INTO customer_rates (account_id, service_id, rate, per) VALUES (@accountId, @serviceId, @rate, @per)
                  ON CONFLICT (account_id, service_id) DO UPDATE SET rate = @rate, per = @per
                  """,
            new { accountId, serviceId, rate = rate?.Units, per = service.Rules.Per },
            new AuditLine(actor, "customer rate", $"account {accountId} service {serviceId}", rate?.ToString() ?? "none"), ct);
    }

    /// <summary>Takes all own prices of a customer back.</summary>
    public Task ClearAsync(long accountId, string actor, CancellationToken ct) => WriteAsync(
        "DELETE FROM customer_rates WHERE account_id = @accountId; DELETE FROM customer_percents WHERE account_id = @accountId",
        new { accountId }, new AuditLine(actor, "customer prices cleared", $"account {accountId}", ""), ct);

    public void Dispose() => _audit.Dispose();

    private async Task WriteAsync(string sql, object values, AuditLine audit, CancellationToken ct)
    {
        var ids = await _audit.TakeAsync(1, ct);
        await database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(new CommandDefinition(sql, values, tx.Transaction, cancellationToken: ct));
                await CatalogSql.AuditAsync(tx, [audit], ids, time.GetUtcNow().ToUnixTimeMilliseconds(), ct);
                await Changes.BumpAsync(tx, CustomerPrices.TopicName);
            },
            ct);
        await prices.RefreshAsync(ct);
    }
}
