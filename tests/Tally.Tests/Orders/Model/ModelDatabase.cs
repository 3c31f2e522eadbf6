using System.Data.Common;
using Tally.Platform.Db;

namespace Tally.Tests.Orders.Model;

/// <summary>The store as a process sees it that may be dead: then nothing it writes arrives.</summary>
internal sealed class ModelDatabase(Database inner, Func<bool> dead) : Database
{
    public override DatabaseKind Kind => inner.Kind;

    public override string Description => inner.Description;

    public override bool IsThere => inner.IsThere;

    public override ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => inner.OpenReadAsync(ct);

    public override DbConnection OpenBlocking() => inner.OpenBlocking();

    public override ValueTask<SqliteReader> OpenReaderAsync(CancellationToken ct) => inner.OpenReaderAsync(ct);

    public override Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct) =>
        dead() ? Task.FromException<T>(new NodeDiedException()) : inner.WriteAsync(
            async tx =>
            {
                var result = await work(tx);
                return dead() ? throw new NodeDiedException() : result;
            },
            ct);

    public override Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => inner.SnapshotAsync(work, ct);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
