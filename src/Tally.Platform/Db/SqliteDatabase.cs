using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Tally.Platform.Db;

/// <summary>
/// SQLite: WAL, one writer connection behind a gate, pooled readers. Every commit is synced to the disk before anybody hears of it, but not by SQLite itself, which would keep the next writer waiting for the
/// disk (<c>synchronous=NORMAL</c>): <see cref="SqliteLog"/> does it beside the next transaction. Another process (a command beside a running server) may write too: <c>BEGIN IMMEDIATE</c> waits for it.
/// </summary>
public sealed class SqliteDatabase : Database
{
    /// <summary>How a connection string for a SQLite file begins.</summary>
    internal const string ConnectionStringStart = "Data Source=";

    private const int BusyTimeoutMs = 10_000;

    /// <summary>
    /// What the writer remembers, KiB: the pages that change again and again with a thousand accounts. Not more: SQLite looks through all of them after each commit in which a page was split.
    /// </summary>
    private const int WriterCacheKb = 8_192;

    /// <summary>
    /// What a reader that is kept open remembers, KiB: the upper pages of the indexes, which every reading needs. There are up to a dozen readers on two processors, and of the lower pages of a large store none has enough.
    /// </summary>
    private const int ReaderCacheKb = 2_048;
    private readonly string _readString, _readerString;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SqliteWriter _writer;
    private readonly string _path;
    private readonly SqliteSnapshots _snapshots = new();
    private readonly SqliteCheckpoints _checkpoints;
    private readonly Action<SafeFileHandle> _sync;
    private readonly CancellationTokenSource _broken = new();
    private SqliteLog? _log;
    private bool _open, _closed;

    public SqliteDatabase(string path)
        : this(path, FileSync.ToDisk)
    {
    }

    /// <param name="sync">Brings a file to the disk.</param>
    internal SqliteDatabase(string path, Action<SafeFileHandle> sync)
    {
        _sync = sync;
        var full = Path.GetFullPath(path.StartsWith(ConnectionStringStart, StringComparison.OrdinalIgnoreCase) ? new SqliteConnectionStringBuilder(path).DataSource : path);
        _path = full;
        _writer = new SqliteWriter(new SqliteConnectionStringBuilder { DataSource = full, Pooling = false, DefaultTimeout = BusyTimeoutMs / 1000 }.ToString());
        _readerString = new SqliteConnectionStringBuilder { DataSource = full, Pooling = false, DefaultTimeout = BusyTimeoutMs / 1000 }.ToString();
        _checkpoints = new SqliteCheckpoints(_readerString, _snapshots);
        _readString = new SqliteConnectionStringBuilder { DataSource = full, Pooling = true, DefaultTimeout = BusyTimeoutMs / 1000 }.ToString();
    }

    public override DatabaseKind Kind => DatabaseKind.Sqlite;

    public override string Description => "SQLite " + _path;

    public override bool IsThere => File.Exists(_path);

    public override CancellationToken Broken => _broken.Token;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => await ConnectAsync(_readString, ct);

    public override async ValueTask<SqliteReader> OpenReaderAsync(CancellationToken ct)
    {
        var connection = await ConnectAsync(_readerString, ct);
        try
        {
            Pragma(connection, $"PRAGMA cache_size=-{ReaderCacheKb}");
            return new SqliteReader(connection, _snapshots);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override async Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct)
    {
        var written = await WriteAheadAsync(work, ct);
        await written.Durable;
        return written.Result;
    }

    public override async Task<Written<T>> WriteAheadAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        await _gate.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _log?.DemandSound();
            await using var transaction = _writer.BeginTransaction(deferred: false);
            _log ??= new SqliteLog(_path + "-wal", _sync, Break); // the first transaction makes the file
            var result = await work(new WriteTransaction(_writer, transaction, Kind));
            transaction.Commit();

            // From here on nothing fails: what is committed must not look as if it were not.
            var written = new Written<T>(result, _log.SyncAsync());
            _snapshots.Committed();
            await _checkpoints.CommittedAsync(_writer);
            return written;
        }
        finally
        {
            _gate.Release();
        }
    }

    public override Task DurableAsync(CancellationToken ct) => Volatile.Read(ref _log)?.SyncAsync().WaitAsync(ct) ?? Task.CompletedTask;

    public override async Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(_readString, ct);
        Pragma(connection, "BEGIN");
        try
        {
            return await work(connection);
        }
        finally
        {
            Pragma(connection, "ROLLBACK");
        }
    }

    public override async Task ShrinkAsync(CancellationToken ct)
    {
        _snapshots.Shrink();
        ClosePooled();
        await _gate.WaitAsync(ct);
        try
        {
            if (_open && !_closed)
            {
                Pragma(_writer, "PRAGMA shrink_memory");
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Copies the store, as it is at one moment, into a new file, while others write. The copy is one file that needs no other beside it; only its owner may read it, for it holds
    /// what the store holds.
    /// </summary>
    /// <exception cref="IOException">The file is there already, or there is no room.</exception>
    public async Task BackUpAsync(string file, CancellationToken ct)
    {
        var path = Path.GetFullPath(file);
        var making = path + ".making";
        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already. A backup is never written over another file.");
        }

        await using (new FileStream(making, NewFile()))
        {
            // Made empty first, so that the copy has these rights from its first byte.
        }

        try
        {
            await using (var to = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = making, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString()))
            {
                await using var from = await ConnectAsync(_readString, ct);
                to.Open();
                Pragma(to, "PRAGMA synchronous=FULL");
                from.BackupDatabase(to); // in one step, so that it is one moment's store
                Pragma(to, "PRAGMA journal_mode=DELETE");
                ct.ThrowIfCancellationRequested();
                Check(to);
            }

            File.Move(making, path, overwrite: false);
        }
        finally
        {
            File.Delete(making);
        }
    }

    /// <summary>Waits for the writer under way. Whoever waits behind it is told that the store is closed, so the gate stays.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (!_closed)
            {
                _closed = true;
                _log?.Dispose();
                await _checkpoints.DisposeAsync();
                await _writer.DisposeAsync();
                ClosePooled();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<SqliteConnection> ConnectAsync(string how, CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        var connection = new SqliteConnection(how);
        connection.Open();
        return connection;
    }

    private async ValueTask EnsureOpenAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _open))
        {
            return;
        }

        await _gate.WaitAsync(ct);
        try
        {
            if (_open)
            {
                return;
            }

            ObjectDisposedException.ThrowIf(_closed, this);
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            MakeOwnersAlone();
            _writer.Open();
            Pragma(_writer, $"PRAGMA busy_timeout={BusyTimeoutMs}; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=1; PRAGMA cache_size=-{WriterCacheKb}; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;");
            Volatile.Write(ref _open, true);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void ClosePooled()
    {
        using var pooled = new SqliteConnection(_readString);
        SqliteConnection.ClearPool(pooled);
    }

    // Whoever has asked to be told is told on other threads: the log's own has callers to answer.
    private void Break() => _ = _broken.CancelAsync();

    // A new store is made empty first, so that nobody else may read it whatever the umask says (a container's is open): it holds the keys to providers. SQLite gives the files beside it the same rights.
    private void MakeOwnersAlone()
    {
        if (File.Exists(_path))
        {
            return;
        }

        try
        {
            new FileStream(_path, NewFile()).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process was quicker, or SQLite says in a moment why it cannot be made.
        }
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static void Check(SqliteConnection copy)
    {
        using var command = copy.CreateCommand();
        command.CommandText = "PRAGMA integrity_check(1)";
        if (command.ExecuteScalar() is not "ok" and var fault)
        {
            throw new IOException($"The copy is not sound, so it was not kept: {fault}");
        }
    }

    private static void Pragma(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
