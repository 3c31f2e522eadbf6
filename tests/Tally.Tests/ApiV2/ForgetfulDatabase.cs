using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tally.Platform.Db;

namespace Tally.Tests.ApiV2;

/// <summary>The store behind a connection that breaks when a commit has been sent: it holds, and nobody hears of it.</summary>
internal sealed class ForgetfulDatabase(Database inner) : Database
{
    private int _forgets;

    /// <summary>Puts it between a panel and its store.</summary>
    public static void Under(WebApplicationBuilder builder)
    {
        var real = builder.Services.Last(s => s.ServiceType == typeof(Database)).ImplementationFactory!;
        builder.Services.AddSingleton(p => new ForgetfulDatabase((Database)real(p)));
        builder.Services.AddSingleton<Database>(p => p.GetRequiredService<ForgetfulDatabase>());
    }

    public override DatabaseKind Kind => inner.Kind;

    public override string Description => inner.Description;

    public override bool IsThere => inner.IsThere;

    /// <summary>The next commit that writes an order, a refill or a request to cancel is not heard of.</summary>
    public void ForgetNext() => Volatile.Write(ref _forgets, 1);

    public override ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => inner.OpenReadAsync(ct);

    public override DbConnection OpenBlocking() => inner.OpenBlocking();

    public override ValueTask<SqliteReader> OpenReaderAsync(CancellationToken ct) => inner.OpenReaderAsync(ct);

    public override async Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct)
    {
        var result = await inner.WriteAsync(work, ct);

        // What merely takes new ids gives a number, which is no outcome of a request.
        return result is not long && Interlocked.Exchange(ref _forgets, 0) == 1 ? throw new CommitUnknownException(new IOException("reset")) : result;
    }

    public override Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => inner.SnapshotAsync(work, ct);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
