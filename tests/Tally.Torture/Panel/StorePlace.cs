using Microsoft.Data.Sqlite;
using Npgsql;
using Tally.Testing;

namespace Tally.Torture;

/// <summary>The store, on a disk of its own: a SQLite file, or a PostgreSQL that keeps what it has answered (nothing that makes it faster and less safe is set).</summary>
internal sealed class StorePlace : IAsyncDisposable
{
    // Small segments of log, so that the disk can be full soon; everything that keeps data safe is as PostgreSQL has it by itself.
    private const string Settings = "max_wal_size = 128MB\nmin_wal_size = 32MB\ncheckpoint_timeout = 30s";

    private const int MostTries = 60;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private StorePlace(StoreKind kind, Disk disk, PostgresCluster? cluster, string database) => (Kind, Disk, Cluster, Database) = (kind, disk, cluster, database);

    public StoreKind Kind { get; }

    public Disk Disk { get; }

    /// <summary>Null on SQLite.</summary>
    public PostgresCluster? Cluster { get; }

    /// <summary>How to connect to it, without anything between.</summary>
    public string Database { get; }

    public static async Task<StorePlace> MakeAsync(StoreKind kind, double minutes)
    {
        var disk = await Disk.MakeAsync(kind, minutes);
        try
        {
            if (kind == StoreKind.Sqlite)
            {
                return new StorePlace(kind, disk, null, new SqliteConnectionStringBuilder { DataSource = Path.Combine(disk.Folder, "tally.db"), Pooling = false }.ToString());
            }

            var cluster = await PostgresCluster.StartDurableAsync(disk.Folder, Settings);

            // No pool here: connections that a crash has broken must not come back from one.
            var direct = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Pooling = false, Timeout = 15 };
            return new StorePlace(kind, disk, cluster, direct.ToString());
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>A network for one node; null on SQLite, which has none.</summary>
    public TcpProxy? NewNetwork() => Cluster is null ? null : new TcpProxy(new NpgsqlConnectionStringBuilder(Cluster.ConnectionString).Port);

    /// <summary>The store as a program names it, through a network or (null) directly.</summary>
    public string For(TcpProxy? network) => (Cluster, network) switch
    {
        (null, _) => new SqliteConnectionStringBuilder(Database).DataSource,
        (_, null) => Database,
        _ => new NpgsqlConnectionStringBuilder(Cluster.ConnectionString) { Port = network.Port, MaxPoolSize = 40 }.ToString(),
    };

    /// <summary>Starts PostgreSQL again if it has ended itself, and waits until it answers.</summary>
    public async Task BringUpAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await Cluster!.RestartAsync();
                await using var connection = new NpgsqlConnection(Database);
                await connection.OpenAsync();
                return;
            }
            catch (Exception e) when (tries < MostTries && e is NpgsqlException or InvalidOperationException)
            {
                // It is recovering, or it was about to end itself when it was asked whether it runs.
                await Task.Delay(Look);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cluster?.Stop();
        await Disk.DisposeAsync();
    }
}
