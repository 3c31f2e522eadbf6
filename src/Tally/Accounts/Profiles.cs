using System.Collections.Concurrent;
using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>What every page of an account needs to know of it.</summary>
/// <param name="Language"><c>en</c>, <c>vi</c>; empty = not chosen.</param>
/// <param name="TimeZone">An IANA name; empty = not chosen.</param>
/// <param name="Theme"><c>Auto</c>, <c>Light</c>, <c>Dark</c>; empty = not chosen.</param>
public sealed record Profile(string Email, bool Suspended, string Language, string TimeZone, string Theme);

/// <summary>The profiles of all accounts, in memory, a second old at most: pages cost no query for whom they are made.</summary>
public sealed class Profiles(Database database) : ISnapshot, IDisposable
{
    private readonly ConcurrentDictionary<long, Profile> _profiles = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private long _seen = -1;

    public string Topic => ApiKeys.TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>The account's profile; null when this node does not know the account (yet).</summary>
    public Profile? Find(long accountId) => _profiles.GetValueOrDefault(accountId);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            var seen = Math.Max(_seen, 0);
            await using var connection = await database.OpenReadAsync(ct);

            // The counter first: what commits after it is read has a higher version and comes with the next refresh.
            var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @Topic", new { Topic }, cancellationToken: ct)) ?? 0;
            foreach (var row in await connection.QueryAsync<Row>(new CommandDefinition(
                "SELECT id, email, suspended, language, time_zone, theme FROM accounts WHERE version > @seen", new { seen }, cancellationToken: ct)))
            {
                _profiles[row.Id] = new Profile(row.Email, row.Suspended, row.Language, row.TimeZone, row.Theme);
            }

            Volatile.Write(ref _seen, version);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private sealed class Row
    {
        public long Id { get; set; }

        public string Email { get; set; } = "";

        public bool Suspended { get; set; }

        public string Language { get; set; } = "";

        public string TimeZone { get; set; } = "";

        public string Theme { get; set; } = "";
    }
}
