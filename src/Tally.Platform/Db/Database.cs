using System.Data.Common;

namespace Tally.Platform.Db;

/// <summary>Which of the two stores a database is.</summary>
public enum DatabaseKind
{
    /// <summary>SQLite inside the process: one writer, pooled readers.</summary>
    Sqlite,

    /// <summary>PostgreSQL 15 or newer, shared by any number of nodes.</summary>
    Postgres,
}

/// <summary>The store. Knows how to open it, read from it and write to it in one transaction at a time; knows no table.</summary>
public abstract class Database : IAsyncDisposable
{
    // Columns are snake_case, properties are not; set once for the whole process, before the first query.
    static Database() => Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Which store this is.</summary>
    public abstract DatabaseKind Kind { get; }

    /// <summary>Where the store is, without secrets: for logs and for <c>doctor</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Opens a store: a text with <c>Host=</c> is a PostgreSQL connection string, anything else the path of a SQLite file.</summary>
    /// <exception cref="ArgumentException">The text is neither; the message does not repeat it, for it may hold a password.</exception>
    public static Database Open(string option)
    {
        if (option.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return new PostgresDatabase(option);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException("The store's connection string cannot be read. " + e.Message, e);
            }
        }

        // Another program's way to name a server must not become the name of a new, empty file.
        var isFile = option.StartsWith(SqliteDatabase.ConnectionStringStart, StringComparison.OrdinalIgnoreCase) || !(option.Contains('=') || option.Contains("://", StringComparison.Ordinal));
        return isFile && !string.IsNullOrWhiteSpace(option)
            ? new SqliteDatabase(option)
            : throw new ArgumentException("The store must be named by the path of a SQLite file (without = and ://) or by a PostgreSQL connection string that contains Host=.");
    }

    /// <summary>False for a SQLite file that is not there (opening it would make it). Whether a PostgreSQL is there shows when it is asked.</summary>
    public virtual bool IsThere => true;

    /// <summary>A connection for reading, from the pool; the caller disposes it.</summary>
    public abstract ValueTask<DbConnection> OpenReadAsync(CancellationToken ct);

    /// <summary>
    /// A connection for reading by a thread of the caller's own, which waits on it: one that is used asynchronously nowhere. The caller disposes it. Only where the store is across a connection;
    /// there are few of them (<see cref="PostgresDatabase.BlockingConnections"/>), and whoever asks for more waits.
    /// </summary>
    /// <exception cref="NotSupportedException">The store is not PostgreSQL.</exception>
    public virtual DbConnection OpenBlocking() => throw new NotSupportedException($"{Kind} is inside the process: nothing waits for a connection.");

    /// <summary>A reader of its own for queries that are asked all the time; the caller disposes it. Only where the store is inside the process.</summary>
    /// <exception cref="NotSupportedException">The store is not SQLite.</exception>
    public virtual ValueTask<SqliteReader> OpenReaderAsync(CancellationToken ct) => throw new NotSupportedException($"{Kind} has no readers inside the process.");

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and commits it when it returns. When it throws, everything it did is undone.
    /// </summary>
    /// <exception cref="CommitUnknownException">The connection was lost while committing, or the store warned: nobody knows whether it holds.</exception>
    public abstract Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<WriteTransaction, Task> work, CancellationToken ct) =>
        WriteAsync(
            async tx =>
            {
                await work(tx);
                return true;
            },
            ct);

    /// <summary>
    /// The same for whoever has more to write meanwhile: comes back as soon as the next transaction may begin, which sees this one. Nothing of it may be told to anybody before
    /// <see cref="Written{T}.Durable"/> has ended.
    /// </summary>
    /// <exception cref="CommitUnknownException">As above.</exception>
    public virtual async Task<Written<T>> WriteAheadAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct) => new(await WriteAsync(work, ct), Task.CompletedTask);

    /// <summary>
    /// Ends when everything that a reading has seen by now is durable. Readings see what is committed, a moment before it is on the disk: whoever takes what was read for a promise waits for this.
    /// </summary>
    /// <exception cref="CommitUnknownException">It may be lost.</exception>
    public virtual Task DurableAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Lets go of what this process remembers of the store to be quick. It is read again when it is asked for.</summary>
    public virtual Task ShrinkAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Cancelled when the store takes nothing more from this process, whatever it does, and must be opened anew by another one.</summary>
    public virtual CancellationToken Broken => CancellationToken.None;

    /// <summary>Reads from one unchanging snapshot of the store, however long it takes; other writers go on meanwhile.</summary>
    public abstract Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What a transaction came to, which is committed.</summary>
/// <param name="Durable">Ends when it survives a power cut; fails with a <see cref="CommitUnknownException"/> when nobody knows whether it does.</param>
public readonly record struct Written<T>(T Result, Task Durable);

/// <summary>A transaction that writes.</summary>
public sealed class WriteTransaction(DbConnection connection, DbTransaction transaction, DatabaseKind kind)
{
    public DbConnection Connection { get; } = connection;

    public DbTransaction Transaction { get; } = transaction;

    public DatabaseKind Kind { get; } = kind;

    /// <summary>A command in this transaction.</summary>
    public DbCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        command.CommandText = sql;
        return command;
    }
}

/// <summary>Nobody knows whether a commit holds: the connection was lost meanwhile, or the store warned. The work must not be done again without a reference that makes it safe.</summary>
public class CommitUnknownException(string message, Exception? inner = null) : Exception(message, inner)
{
    public CommitUnknownException(Exception inner)
        : this("The connection to the store was lost while committing; whether the commit holds is unknown.", inner)
    {
    }
}

/// <summary>The same, and the store takes nothing more from this process (<see cref="Database.Broken"/>): to try again is in vain.</summary>
public sealed class StoreBrokenException(string message, Exception? inner = null) : CommitUnknownException(message, inner);
