using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tally.Platform.Db;

/// <summary>
/// Copies SQLite's log into the store's file when it has grown, so that the log begins anew: most of it beside the writer, over a connection of its own, and what was written meanwhile between two
/// transactions. Left to SQLite, a commit would wait for all of it.
/// </summary>
/// <remarks>
/// Readers in a state of the store keep the log from beginning anew: those that rest have left theirs when something was committed, and the others do when they read next. Until it has begun anew, it is tried
/// again and again, and a log that is three times as long as it should be makes the writer wait: for the copying, where the disk is slower than the writer, and a moment for the
/// readers. Where copying fails, nothing is lost: all is in the log still, which goes on growing, and the next commit says what is wrong with the disk.
/// </remarks>
internal sealed class SqliteCheckpoints(string connectionString, SqliteSnapshots snapshots) : IAsyncDisposable
{
    /// <summary>Pages of 4 KiB in the log before it is copied: a page that changes again and again is copied once. The log stays around 64 MiB.</summary>
    private const int PagesToCopy = 16_000;

    /// <summary>So many in the log make the writer wait.</summary>
    private const int MostPages = 3 * PagesToCopy;

    /// <summary>So few that the writer can wait for them.</summary>
    private const int FewPages = 500;

    private const int MostRounds = 5;

    /// <summary>How often a writer looks, a millisecond apart, whether the readers are out of the way; and when the log is too long.</summary>
    private const int FewLooks = 3, MostLooks = 20;

    private Task? _copying;
    private SqliteConnection? _connection;
    private int _pages, _next = PagesToCopy;

    /// <summary>Called by the writer between two transactions. Never fails.</summary>
    public async ValueTask CommittedAsync(SqliteWriter writer)
    {
        _pages += writer.TakeWrittenPages();
        if (_pages < _next)
        {
            return;
        }

        _copying ??= Task.Factory.StartNew(Copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!_copying.IsCompleted)
        {
            if (_pages < MostPages)
            {
                return;
            }

            await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!TryCopy(writer, raw.SQLITE_CHECKPOINT_PASSIVE, out _))
        {
            (_copying, _next) = (null, _pages + PagesToCopy);
        }
        else if (await IsFreeAsync(_pages < MostPages ? FewLooks : MostLooks))
        {
            (_copying, _pages, _next) = (null, 0, PagesToCopy);
        }
        else
        {
            // Above the limit less often: it may be an export that reads for minutes, for which nobody shall wait each time.
            _next = _pages + (_pages < MostPages ? FewPages : PagesToCopy / 4);
            _copying = _copying.IsFaulted ? null : _copying; // its connection could not be opened, or not be read with
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_copying is not null)
        {
            await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it could not copy is in the log
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    /// <summary>Again and again, because the writer goes on meanwhile: each time there is less left.</summary>
    private void Copy()
    {
        _connection ??= new SqliteConnection(connectionString);
        if (_connection.State != System.Data.ConnectionState.Open)
        {
            _connection.Open();
        }

        // Before its first reading a connection does not know that there is a log: it would copy nothing, and say that all is well.
        using var first = _connection.CreateCommand();
        first.CommandText = "PRAGMA schema_version";
        first.ExecuteScalar();
        for (int round = 0, copied = 0; round < MostRounds; round++)
        {
            if (!TryCopy(_connection, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages) || pages - copied < FewPages)
            {
                return;
            }

            copied = pages;
        }
    }

    /// <summary>
    /// Whether no reader needs the log any more, so that the next transaction begins it anew. Waits a few moments for that, for on a machine whose processors are all busy there is always a reader that was
    /// interrupted. Over the connection that does not wait for locks.
    /// </summary>
    private async Task<bool> IsFreeAsync(int looks)
    {
        for (var look = 1; _connection is { State: System.Data.ConnectionState.Open }; look++)
        {
            snapshots.Committed();
            if (TryCopy(_connection, raw.SQLITE_CHECKPOINT_RESTART, out _))
            {
                return true;
            }

            if (look == looks)
            {
                break;
            }

            await Task.Delay(1);
        }

        return false;
    }

    /// <summary>Copies what no reader needs the file without. The file is synced before the log may begin anew.</summary>
    /// <param name="how">Passive takes what it can get; restart fails when the log cannot begin anew.</param>
    /// <param name="pages">How many pages there are in the log.</param>
    private static bool TryCopy(SqliteConnection connection, int how, out int pages) =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", how, out pages, out _) == raw.SQLITE_OK && pages >= 0;
}
