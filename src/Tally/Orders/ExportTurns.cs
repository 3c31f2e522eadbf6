namespace Tally.Orders;

/// <summary>
/// How many exports of an account run at a time, on one node: each reads thousands of rows a second as long as its reader keeps up, and one account must not take the store's time from all others. One
/// whose reader stands still ends by itself: the server gives up on an answer that nobody takes.
/// </summary>
public sealed class ExportTurns
{
    /// <summary>How many may run at a time.</summary>
    public const int MostOfAccount = 2;

    private readonly Dictionary<long, int> _running = [];
    private readonly Lock _gate = new();

    /// <summary>Takes a turn, which lasts until it is disposed; null when all of the account's are taken.</summary>
    public IDisposable? Take(long accountId)
    {
        lock (_gate)
        {
            var running = _running.GetValueOrDefault(accountId);
            if (running >= MostOfAccount)
            {
                return null;
            }

            _running[accountId] = running + 1;
            return new Turn(this, accountId);
        }
    }

    private void End(long accountId)
    {
        lock (_gate)
        {
            if (--_running[accountId] == 0)
            {
                _running.Remove(accountId);
            }
        }
    }

    private sealed class Turn(ExportTurns turns, long accountId) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                turns.End(accountId);
            }
        }
    }
}
