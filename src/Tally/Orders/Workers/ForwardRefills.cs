using Dapper;
using Tally.Contract;
using Tally.Platform.Db;
using Tally.Platform.Jobs;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Orders.Workers;

/// <summary>Passes refills on to providers and asks how they stand, 100 a call, until they end (lifecycle.md section 7).</summary>
public sealed class ForwardRefills(Database database, ProviderBook providers, SettingsSnapshot settings, Node node, TimeProvider time, ILogger<ForwardRefills> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int AtMost = 100;
    private const long LeaseMs = 60_000, LongestRetryMs = 600_000;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var due = await ClaimAsync(ct);
        foreach (var group in due.GroupBy(d => d.ProviderId))
        {
            if (providers.Current.TryGetValue(group.Key, out var provider))
            {
                await ForwardAsync(provider, [.. group.Where(r => r.ProviderRefill is null)]);
                await PollAsync(provider, [.. group.Where(r => r.ProviderRefill is not null)]);
            }
        }

        return due.Count == AtMost;
    }

    private Task<IReadOnlyList<DueRefill>> ClaimAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            var ids = (await tx.Connection.QueryAsync<long>(new CommandDefinition(
                Leases.ClaimSql(tx.Kind, "refills", "ended_at IS NULL", "attempt = attempt + 1", "id"),
                new { now, until = now + LeaseMs, node = node.Name, atMost = AtMost }, tx.Transaction, cancellationToken: ct))).ToList();
            if (ids.Count == 0)
            {
                return [];
            }

            return (IReadOnlyList<DueRefill>)[.. await tx.Connection.QueryAsync<DueRefill>(new CommandDefinition(
                $"""
                 SELECT r.id, r.attempt, r.status, r.provider_id, r.provider_refill, o.provider_order FROM refills r JOIN orders o ON o.id = r.order_id
                 WHERE {Sql.AnyOf(tx.Kind, "r.id", "ids")} ORDER BY r.id
                 """,
                new { ids = Sql.Ids(tx.Kind, ids) }, tx.Transaction, cancellationToken: ct))];
        },
        ct);

    private async Task ForwardAsync(Provider provider, IReadOnlyList<DueRefill> refills)
    {
        foreach (var refill in refills)
        {
            var answer = await providers.CallAsync(provider, "refill", api => api.RefillAsync(refill.ProviderOrder!));
            await WriteAsync([(refill, answer switch
            {
                ApiResult<string>.Answered(var id) => new Step(RefillStatus.InProgress, id, null),
                ApiResult<string>.NotSent(var what) => new Step(RefillStatus.Pending, null, what),
                ApiResult<string>.Refused { IsRateLimited: true, Error: var error } => new Step(RefillStatus.Pending, null, error.Text),
                ApiResult<string>.Refused(var error) => new Step(RefillStatus.Rejected, null, error.Text),

                // A refill takes no money: an unclear answer ends it as an error, and the customer may ask again.
                _ => new Step(RefillStatus.Error, null, "The provider gave no clear answer."),
            })]);
        }
    }

    private async Task PollAsync(Provider provider, IReadOnlyList<DueRefill> refills)
    {
        if (refills.Count == 0)
        {
            return;
        }

        var answers = await providers.CallAsync(provider, "refill_status", api => api.RefillStatusesAsync([.. refills.Select(r => r.ProviderRefill!)]));
        var states = answers is ApiResult<IReadOnlyDictionary<string, ApiResult<RefillState>>>.Answered(var items) ? items : new Dictionary<string, ApiResult<RefillState>>(StringComparer.Ordinal);
        await WriteAsync([.. refills.Select(r => (r, states.GetValueOrDefault(r.ProviderRefill!) switch
        {
            ApiResult<RefillState>.Answered(var state) => new Step(StatusOf(state), r.ProviderRefill, null),
            ApiResult<RefillState>.Refused(var error) => new Step(r.Status, r.ProviderRefill, error.Text),
            _ => new Step(r.Status, r.ProviderRefill, null),
        }))]);
    }

    private static RefillStatus StatusOf(RefillState state) => state.Status switch
    {
        RefillWord.Pending => RefillStatus.Pending,
        RefillWord.InProgress => RefillStatus.InProgress,
        RefillWord.Completed => RefillStatus.Completed,
        RefillWord.Rejected => RefillStatus.Rejected,
        RefillWord.Error => RefillStatus.Error,
        _ => throw new InvalidOperationException("A refill word of no known kind."),
    };

    private Task WriteAsync(IReadOnlyList<(DueRefill Refill, Step Step)> steps) => database.WriteAsync(
        async tx =>
        {
            var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (refill, step) in steps)
            {
                var due = step.Status.IsFinal() ? (long?)null : now + Math.Min(LongestRetryMs, (long)settings.Current.SyncIntervalMs << Math.Min(refill.Attempt / 10, 7));
                await tx.Connection.ExecuteAsync(
                    """
                    UPDATE refills SET status = @status, provider_refill = @id, note = COALESCE(@note, note), due_at = @due, lease_by = NULL, ended_at = @ended
                    WHERE id = @Id AND ended_at IS NULL
                    """,
                    new { status = (int)step.Status, id = step.ProviderRefill, note = step.Note, due, ended = step.Status.IsFinal() ? now : (long?)null, refill.Id }, tx.Transaction);
            }
        },
        CancellationToken.None);

    private sealed record Step(RefillStatus Status, string? ProviderRefill, string? Note);

    private sealed record DueRefill
    {
        public long Id { get; init; }

        public int Attempt { get; init; }

        public RefillStatus Status { get; init; }

        public long ProviderId { get; init; }

        public string? ProviderRefill { get; init; }

        public string? ProviderOrder { get; init; }
    }
}
