using Tally.Catalog;

namespace Tally.Orders.Workers;

/// <summary>What the outcome of sending makes of an order (lifecycle.md section 3). Pure, but for what it asks of the catalogue and the providers as they stand.</summary>
/// <param name="service">A service as it is sold now; null when it is not there any more.</param>
/// <param name="knowsReferences">Whether a provider knows <c>order_reference</c>.</param>
/// <param name="works">Whether a provider takes orders now.</param>
/// <param name="firstSync">When an order that was just taken is asked for (unix ms), given the present.</param>
internal sealed class AfterSending(Func<long, Service?> service, Func<long, bool> knowsReferences, Func<long, bool> works, Func<long, long> firstSync)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <param name="order">As it stands now, locked.</param>
    /// <param name="contested">The ids at providers that more than one order was given.</param>
    public Order Of(Order order, SentOrder sent, IReadOnlySet<(long Provider, string Order)> contested, long nowMs)
    {
        if (order.Status.IsFinal())
        {
            // The operator has settled it meanwhile: it is not sent any more, but the provider's id is worth knowing.
            var ended = Next(order, sent.Outcome, contested, nowMs);
            return ended with { SendState = ended.SendState is SendState.Ready or SendState.Held ? SendState.None : ended.SendState, DueAt = null };
        }

        if (!sent.InDoubt)
        {
            return Rerouted(order, sent.Outcome, nowMs) ?? Next(order, sent.Outcome, contested, nowMs);
        }

        // What was definitely not taken now may have been taken before: it stays unconfirmed, and a refusal is for the operator to judge.
        var next = Next(order, sent.Outcome, contested, nowMs);
        return next.SendState is SendState.Ready or SendState.Held
            ? next with { SendState = SendState.Unconfirmed, DueAt = next.SendState == SendState.Held ? null : next.DueAt }
            : next;
    }

    /// <summary>What the note of each order says to which a provider gave an id that it gave to another one too.</summary>
    internal static string Contested(string id) => $"The provider gave its id {id} to two orders of ours: see there which one it is.";

    /// <summary>How long an order waits before it is sent once more: half a second at first, twice as long each time, at most ten minutes.</summary>
    internal static long PauseMs(int attempt) => (long)Math.Min(LongestPause.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(attempt, 20)));

    private Order Next(Order order, SendOutcome outcome, IReadOnlySet<(long, string)> contested, long now)
    {
        var free = order with { LeaseBy = null };
        return outcome switch
        {
            SendOutcome.Taken(var id) when contested.Contains((order.ProviderId!.Value, id)) => free with { SendState = SendState.Unconfirmed, DueAt = null, Note = Contested(id) },
            SendOutcome.Taken(var id) => free with { SendState = SendState.Sent, ProviderOrder = id, Note = null, DueAt = firstSync(now) },
            SendOutcome.Refused(var words) => free with { SendState = SendState.Held, DueAt = null, Note = words, Tried = RouteChoice.Tried(order) },
            SendOutcome.Later(var words) => free with { SendState = SendState.Ready, DueAt = now + PauseMs(order.Attempt), Note = words },
            SendOutcome.Pauses(_, var words) => free with { SendState = SendState.Ready, DueAt = now, Note = words },

            // Due to be sent again: safe, since the same reference goes with it, and the provider answers the first order's id.
            SendOutcome.Unconfirmed { ForOperator: false, Words: var words } when knowsReferences(order.ProviderId ?? 0) =>
                free with { SendState = SendState.Unconfirmed, DueAt = now + PauseMs(order.Attempt), Note = words },
            SendOutcome.Unconfirmed { Words: var words } => free with { SendState = SendState.Unconfirmed, DueAt = null, Note = words },
            _ => throw new InvalidOperationException("An outcome of no known kind."),
        };
    }

    /// <summary>On its way to another of its service's routes, when this one definitely has it not and there is another; else null.</summary>
    private Order? Rerouted(Order order, SendOutcome outcome, long now)
    {
        var (tried, words, onlyIfItWorks) = outcome switch
        {
            SendOutcome.Refused(var text) => (RouteChoice.Tried(order), text, false),

            // This provider is paused in the same moment; the order need not wait for it where another one works.
            SendOutcome.Pauses(_, var text) => (order.Tried, text, true),
            _ => (null, null, false),
        };
        if (words is null || service(order.ServiceId) is not { FurtherRoutes.Count: > 0 } sold)
        {
            return null;
        }

        var route = RouteChoice.Next(sold, order, tried, id => works(id) && !(onlyIfItWorks && id == order.ProviderId));
        return route is null || (onlyIfItWorks && (route.ProviderId == order.ProviderId || !works(route.ProviderId)))
            ? null
            : order with
            {
                SendState = SendState.Ready,
                ProviderId = route.ProviderId,
                ProviderService = route.ProviderService,
                Tried = tried,
                LeaseBy = null,
                DueAt = now,
                Note = words,
            };
    }
}
