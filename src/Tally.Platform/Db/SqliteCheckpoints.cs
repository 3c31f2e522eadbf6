using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tally.Platform.Db;

/// <summary>
/// Copies SQLite's log into the store's file when it has grown, so that the log begins anew: most of it beside the writer, over a connection of its own, and what was written meanwhile between two
/// transactions. Left to SQLite, a commit would wait for all of it.
/// </summary>
/// <remarks>
/// Readers in a state of the store keep the log from beginning anew: those that rest have left theirs when something was committed, and the others do when they read next. Until it has begun anew, it is tried
/// after each commit. Where copying fails, nothing is lost: all is in the log still, which goes on growing, and the next commit says what is wrong with the disk.
/// </remarks>
internal sealed class SqliteCheckpoints(string connectionString, SqliteSnapshots snapshots) : IAsyncDisposable
{
    /// <summary>Pages of 4 KiB in the log before it is copied: a page that changes again and again is copied once. The log stays around 64 MiB.</summary>
    private const int PagesToCopy = 16_000;

    /// <summary>So few that the writer can wait for them.</summary>
    private const int FewPages = 500;

    private const int MostRounds = 5;
    private Task? _copying;
    private SqliteConnection? _connection;
    private int _pages;

    /// <summary>Called by the writer between two transactions.</summary>
    public void Committed(SqliteWriter writer)
    {
        _pages += writer.TakeWrittenPages();
        if (_pages < PagesToCopy)
        {
            return;
        }

        _copying ??= Task.Factory.StartNew(Copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!_copying.IsCompleted)
        {
            return;
        }

        _pages = TryCopy(writer, out var pages) ? pages : 0;
        snapshots.Committed();
        if (_pages < PagesToCopy)
        {
            _copying = null;
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

        for (int round = 0, copied = 0; round < MostRounds; round++)
        {
            if (!TryCopy(_connection, out var pages) || pages - copied < FewPages)
            {
                return;
            }

            copied = pages;
        }
    }

    /// <summary>Copies what no reader needs the file without. The file is synced before the log may begin anew.</summary>
    /// <param name="pages">How many pages there are in the log.</param>
    private static bool TryCopy(SqliteConnection connection, out int pages) =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out pages, out _) == raw.SQLITE_OK;
}
