using Dapper;
using Tally.Platform.Db;

namespace Tally.Operations;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: the store answers too and the node is not shutting down; a load balancer sends requests only while this is 200.
/// </summary>
public static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static IResult NotReady => Results.Text("the store does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok"));
        routes.MapGet("/readyz", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(Database database, IHostApplicationLifetime lifetime, ILogger<Database> logger, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.Text("shutting down", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (!database.IsThere)
        {
            logger.LogError("The store is gone: {Store}. What is written now is lost when this process ends", database.Description);
            return NotReady;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await using var connection = await database.OpenReadAsync(patience.Token);
            await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM changes", cancellationToken: patience.Token));
            return Results.Text("ready");
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(e, "The store does not answer");
            return NotReady;
        }
    }
}
