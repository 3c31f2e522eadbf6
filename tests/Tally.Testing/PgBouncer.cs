using System.Diagnostics;
using Npgsql;
using Xunit.Sdk;

namespace Tally.Testing;

/// <summary>
/// A PgBouncer in transaction mode on loopback, with the settings that operators get (<c>deploy/pgbouncer.ini</c>), in front of one database. It ends with this process, however that
/// ends: the shell that started it stops it as soon as its standard input closes.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";
    private const string Keep = "\"$@\" & while read -r _; do :; done; kill -TERM $!; wait $!";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _keeper;
    private readonly DirectoryInfo _folder;

    private PgBouncer(Process keeper, DirectoryInfo folder, string connectionString) => (_keeper, _folder, ConnectionString) = (keeper, folder, connectionString);

    /// <summary>The database through the pooler, with what operators are told to add.</summary>
    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        _keeper.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await _keeper.WaitForExitAsync(patience.Token);
        _keeper.Dispose();
        _folder.Delete(recursive: true);
    }

    internal static async Task<PgBouncer> StartAsync(string server, int serverConnections)
    {
        if (!File.Exists(Program))
        {
            throw Environment.GetEnvironmentVariable("CI") is "true"
                ? new InvalidOperationException("No PgBouncer on this machine, and CI must not skip its tests. `./dev setup` installs it on Debian.")
                : SkipException.ForSkip("No PgBouncer on this machine. `./dev test` installs it on Debian as root.");
        }

        var folder = Directory.CreateTempSubdirectory("tally-pgbouncer-");
        var to = new NpgsqlConnectionStringBuilder(server);
        var settings = await WriteAsync(folder, to, serverConnections);
        (to.Host, to.Port, to.MaxAutoPrepare) = ("127.0.0.1", settings.Port, 0);
        string[] command = ["-c", Keep, "sh", .. await PostgresCluster.UnprivilegedAsync(), Program, settings.File];
        var start = new ProcessStartInfo("sh", command) { UseShellExecute = false, WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardError = true };
        var keeper = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        keeper.ErrorDataReceived += (_, _) => { }; // read, so that it never waits for us; the log file says the same
        keeper.BeginErrorReadLine();
        var pooler = new PgBouncer(keeper, folder, to.ToString());
        await pooler.ReadyAsync();
        return pooler;
    }

    /// <summary>The operators' settings, with this machine's ports and folder, and a server that trusts whoever is on loopback.</summary>
    private static async Task<(string File, int Port)> WriteAsync(DirectoryInfo folder, NpgsqlConnectionStringBuilder to, int serverConnections)
    {
        var (port, users) = (LoopbackPort.Free(), Path.Combine(folder.FullName, "userlist.txt"));
        var text = await File.ReadAllTextAsync(Path.Combine(Tree.Root, "deploy", "pgbouncer.ini"));
        foreach (var (theirs, ours) in ((string, string)[])
        [
            ("tally = host=127.0.0.1 port=5433 dbname=tally", $"{to.Database} = host={to.Host} port={to.Port} dbname={to.Database}"),
            ("listen_port = 6432", $"listen_port = {port}"),
            ("auth_type = scram-sha-256", "auth_type = trust"),
            ("auth_file = /etc/pgbouncer/userlist.txt", $"auth_file = {users}"),
            ("default_pool_size = 20", $"default_pool_size = {serverConnections}"),
        ])
        {
            var replaced = text.Replace(theirs, ours, StringComparison.Ordinal);
            text = replaced != text ? replaced : throw new InvalidOperationException($"deploy/pgbouncer.ini has no line '{theirs}' any more.");
        }

        var file = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(file, text + $"logfile = {Path.Combine(folder.FullName, "log")}\n");
        await File.WriteAllTextAsync(users, $"\"{to.Username}\" \"{to.Password}\"\n");

        // PgBouncer does not run as root, so another user reads and writes here.
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
        return (file, port);
    }

    private async Task ReadyAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(patience.Token);
                return;
            }
            catch (NpgsqlException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(50);
            }
            catch (OperationCanceledException e)
            {
                throw new InvalidOperationException($"PgBouncer did not start: {await LogAsync()}", e);
            }
        }
    }

    private async Task<string> LogAsync()
    {
        var log = Path.Combine(_folder.FullName, "log");
        return File.Exists(log) ? await File.ReadAllTextAsync(log) : "it wrote no log";
    }
}
