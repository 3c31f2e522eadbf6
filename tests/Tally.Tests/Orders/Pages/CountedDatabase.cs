using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tally.Platform.Db;

namespace Tally.Tests.Orders.Pages;

/// <summary>The store, with every reading statement kept that the panel sends to it.</summary>
internal sealed class CountedDatabase(Database inner) : Database
{
    private readonly ConcurrentQueue<string> _read = new();

    /// <summary>What was read since the last call, but for what the panel reads all the time by itself.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (_read.TryDequeue(out var sql))
        {
            taken.Add(sql);
        }

        return taken.FindAll(s => !s.Contains("FROM changes", StringComparison.Ordinal));
    }

    /// <summary>Puts it between a panel and its store.</summary>
    public static void Under(WebApplicationBuilder builder)
    {
        var real = builder.Services.Last(s => s.ServiceType == typeof(Database)).ImplementationFactory!;
        builder.Services.AddSingleton(p => new CountedDatabase((Database)real(p)));
        builder.Services.AddSingleton<Database>(p => p.GetRequiredService<CountedDatabase>());
    }

    public override DatabaseKind Kind => inner.Kind;

    public override string Description => inner.Description;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) => new Connection(await inner.OpenReadAsync(ct), _read.Enqueue);

    public override DbConnection OpenBlocking() => new Connection(inner.OpenBlocking(), _read.Enqueue);

    public override async ValueTask<SqliteReader> OpenReaderAsync(CancellationToken ct)
    {
        var reader = await inner.OpenReaderAsync(ct);
        reader.Lent = _read.Enqueue;
        return reader;
    }

    public override Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct) => inner.WriteAsync(work, ct);

    public override Task<T> SnapshotAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => inner.SnapshotAsync(work, ct);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Connection(DbConnection inner, Action<string> read) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get => inner.ConnectionString; set => inner.ConnectionString = value; }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Close() => inner.Close();

        public override void Open() => inner.Open();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), read);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class Command(DbCommand inner, Action<string> read) : DbCommand
    {
        [AllowNull]
        public override string CommandText { get => inner.CommandText; set => inner.CommandText = value; }

        public override int CommandTimeout { get => inner.CommandTimeout; set => inner.CommandTimeout = value; }

        public override CommandType CommandType { get => inner.CommandType; set => inner.CommandType = value; }

        public override bool DesignTimeVisible { get => inner.DesignTimeVisible; set => inner.DesignTimeVisible = value; }

        public override UpdateRowSource UpdatedRowSource { get => inner.UpdatedRowSource; set => inner.UpdatedRowSource = value; }

        protected override DbConnection? DbConnection { get => inner.Connection; set => throw new NotSupportedException(); }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction { get => inner.Transaction; set => inner.Transaction = value; }

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery() => Counted().ExecuteNonQuery();

        public override object? ExecuteScalar() => Counted().ExecuteScalar();

        public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => Counted().ExecuteScalarAsync(cancellationToken);

        public override void Prepare() => inner.Prepare();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Counted().ExecuteReader(behavior);

        protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) => Counted().ExecuteReaderAsync(behavior, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private DbCommand Counted()
        {
            read(inner.CommandText);
            return inner;
        }
    }
}
