using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tally.Platform.Db;

/// <summary>What a failed transaction means for whoever asked for it.</summary>
public enum FailureKind
{
    /// <summary>Another transaction was faster (a unique key, a deadlock, a serialisation failure): nothing was done, doing it again sees the other's work.</summary>
    Conflict,

    /// <summary>The store does not answer or has no room: nothing can be done now.</summary>
    Unavailable,

    /// <summary>The connection was lost while committing.</summary>
    CommitUnknown,

    /// <summary>Something in the work itself.</summary>
    Other,
}

/// <summary>Reads what the drivers throw.</summary>
public static class DatabaseFailure
{
    private const int SqlitePermission = 3, SqliteBusy = 5, SqliteLocked = 6, SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13, SqliteCantOpen = 14;
    private const int SqliteProtocol = 15, SqliteNotADatabase = 26;
    private const int SqliteUnique = 2067, SqlitePrimaryKey = 1555, SqliteRowId = 2579;

    public static FailureKind Of(Exception e) => e switch
    {
        CommitUnknownException => FailureKind.CommitUnknown,
        PostgresException p => OfState(p.SqlState),
        SqliteException { SqliteExtendedErrorCode: SqliteUnique or SqlitePrimaryKey or SqliteRowId } => FailureKind.Conflict,
        SqliteException { SqliteErrorCode: SqlitePermission or SqliteBusy or SqliteLocked or SqliteReadOnly or SqliteIoError or SqliteCorrupt } => FailureKind.Unavailable,
        SqliteException { SqliteErrorCode: SqliteFull or SqliteCantOpen or SqliteProtocol or SqliteNotADatabase } => FailureKind.Unavailable,
        StoreUnavailableException or NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException => FailureKind.Unavailable,
        DbException { InnerException: { } inner } => Of(inner),
        _ => FailureKind.Other,
    };

    /// <summary>Whether it is the store's doing and not ours: a request that fails so is answered as one that may be sent again.</summary>
    public static bool IsOfStore(Exception e) => e is StoreUnavailableException or CommitUnknownException or DbException or TimeoutException;

    /// <summary>Whether it is in vain to try again in this process.</summary>
    public static bool IsFinal(Exception? e) => e is not null && (e is StoreBrokenException || IsFinal(e.InnerException));

    private static FailureKind OfState(string state) => state switch
    {
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => FailureKind.Conflict,
        PostgresErrorCodes.LockNotAvailable => FailureKind.Unavailable,
        _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) => FailureKind.Unavailable,
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidCatalogName => FailureKind.Unavailable,
        _ when state.StartsWith("28", StringComparison.Ordinal) => FailureKind.Unavailable, // it does not let us in
        _ => FailureKind.Other,
    };
}
