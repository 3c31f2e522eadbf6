using Tally.Contract;
using Tally.Operations;
using Tally.Platform.Jobs;
using Tally.Providers;

namespace Tally.Orders.Workers;

/// <summary>
/// Asks providers how their refills stand, up to 100 in a call, until they end (lifecycle.md section 7); a paused provider too, for reading goes on. An empty, malformed, unknown or missing
/// answer changes nothing.
/// </summary>
public sealed class FollowRefills(ProviderBook providers, RefillQueue queue, FaultPoints faults, TimeProvider time, ILogger<FollowRefills> logger)
    : WorkLoop(time, logger, TimeSpan.FromSeconds(1))
{
    private const int LargestBatch = 100, MostRounds = 10;
    private readonly ProviderTurns _turns = new(time, logger);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _turns.DrainAsync();
    }

    public override void Dispose()
    {
        _turns.Dispose();
        base.Dispose();
    }

    /// <summary>What an answer makes of a refill: its status, which never goes back, and the words with it.</summary>
    internal static (RefillStatus Status, string? Note) Read(RefillStatus status, string? note, ApiResult<RefillState>? answer) => answer switch
    {
        ApiResult<RefillState>.Refused(var error) => (status, error.Text),
        ApiResult<RefillState>.Answered(var state) => state.Status switch
        {
            RefillWord.Unknown => (status, note),
            RefillWord.Pending => (status, null),
            RefillWord.InProgress => (RefillStatus.InProgress, null),
            RefillWord.Completed => (RefillStatus.Completed, null),
            RefillWord.Rejected => (RefillStatus.Rejected, "The provider said: " + state.StatusText),
            RefillWord.Error => (RefillStatus.Error, "The provider said: " + state.StatusText),
            _ => throw new InvalidOperationException("A refill word of no known kind."),
        },
        _ => (status, note),
    };

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        var due = await queue.ProvidersToFollowAsync(ct);
        await _turns.RunAsync(due.Where(providers.Current.ContainsKey), provider => TurnAsync(provider, ct), ct);
        return false;
    }

    private async Task TurnAsync(long id, CancellationToken ct)
    {
        for (var round = 0; round < MostRounds && !ct.IsCancellationRequested && providers.Current.TryGetValue(id, out var provider); round++)
        {
            var refills = await queue.ClaimToFollowAsync(id, LargestBatch);
            if (refills.Count == 0)
            {
                return;
            }

            var said = await AskAsync(provider, refills);
            await faults.ReachAsync(FaultPoint.RefillAnswered);
            await _turns.InsistAsync(() => queue.WriteAsync(said));
            if (refills.Count < LargestBatch)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<(DueRefill Refill, RefillStatus Status, string? Note)>> AskAsync(Provider provider, IReadOnlyList<DueRefill> refills)
    {
        var answers = await providers.CallAsync(provider, "refill_status", api => api.RefillStatusesAsync([.. refills.Select(r => r.ProviderRefill!)]));
        if (answers is not ApiResult<IReadOnlyDictionary<string, ApiResult<RefillState>>>.Answered(var states))
        {
            Logger.LogWarning("Provider {Provider} did not answer for {Refills} refills: {Answer}", provider.Name, refills.Count, answers);
            var words = answers is ApiResult<IReadOnlyDictionary<string, ApiResult<RefillState>>>.Refused(var error) ? error.Text : null;
            return [.. refills.Select(r => (r, r.Status, words ?? r.Note))];
        }

        return [.. refills.Select(r =>
        {
            var (status, note) = Read(r.Status, r.Note, states.GetValueOrDefault(r.ProviderRefill!));
            return (r, status, note);
        })];
    }
}
