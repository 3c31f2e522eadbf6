using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tally.Testing;

/// <summary>The store that is asked for is not on this machine.</summary>
public sealed class StoreMissingException(string message) : Exception(message);

/// <summary>
/// A throw-away PostgreSQL cluster on 127.0.0.1, made in about a second, that ends with this process, however this process ends:
/// <c>postgres-cluster.sh</c> keeps it running for as long as its standard input stays open.
/// </summary>
public sealed class PostgresCluster
{
    /// <summary>initdb reads and writes some 40 MB; a busy disk needs its time.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    /// <summary>How many ports the script may try, should another process take one between our look and its bind.</summary>
    private const int Ports = 5;

    private readonly Process _keeper;
    private readonly SemaphoreSlim _orders = new(1, 1);

    private PostgresCluster(Process keeper, int port, string folder)
    {
        _keeper = keeper;
        Folder = folder;
        ConnectionString = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "tally", Database = "postgres" }.ToString();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
    }

    /// <summary>A superuser's, for the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder that holds the cluster and nothing else; gone after the end.</summary>
    public string Folder { get; }

    /// <summary>Starts one for tests, in which nothing need survive a power cut, so that nothing waits for the disk.</summary>
    /// <exception cref="InvalidOperationException">The cluster did not start; the message is PostgreSQL's own.</exception>
    public static Task<PostgresCluster> StartAsync(string programs) =>
        StartAsync(programs, "/tmp", "fsync = off\nfull_page_writes = off\nsynchronous_commit = off"); // not TMPDIR: that may be another user's

    /// <summary>Starts one on whatever PostgreSQL this machine has, as an operator would, on a disk of one's own.</summary>
    /// <param name="parent">The folder to make the cluster's in; <see cref="UserAsync"/> must be allowed to.</param>
    /// <param name="settings">Lines for <c>postgresql.conf</c>.</param>
    /// <exception cref="StoreMissingException">There is none.</exception>
    /// <exception cref="InvalidOperationException">It did not start; the message is PostgreSQL's own.</exception>
    public static async Task<PostgresCluster> StartDurableAsync(string parent, string settings) =>
        await StartAsync(await PostgresPrograms.FindAsync() ?? throw new StoreMissingException($"No PostgreSQL {PostgresPrograms.OldestMajor} or newer on this machine. `./dev setup` installs it on Debian."), parent, settings);

    private static async Task<PostgresCluster> StartAsync(string programs, string parent, string settings)
    {
        var keeper = Process.Start(await CommandAsync(programs, parent, settings)) ?? throw new InvalidOperationException("The script that keeps the cluster did not start.");
        using var timeout = new CancellationTokenSource(StartTimeout);
        var ready = await keeper.StandardOutput.ReadLineAsync(timeout.Token);
        if (ready?.Split(' ') is ["ready", var port, var folder])
            return new PostgresCluster(keeper, int.Parse(port, CultureInfo.InvariantCulture), folder);

        throw new InvalidOperationException($"PostgreSQL did not start: {await keeper.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Stops the server as a crash would (<c>immediate</c>): nothing is finished, connections just end.</summary>
    public Task CrashAsync() => OrderAsync("stop", "stopped");

    /// <summary>Starts the server again, unless it runs: it first recovers from its log.</summary>
    public Task RestartAsync() => OrderAsync("start", "started");

    private async Task OrderAsync(string order, string done)
    {
        await _orders.WaitAsync();
        try
        {
            await _keeper.StandardInput.WriteLineAsync(order);
            await _keeper.StandardInput.FlushAsync();
            using var timeout = new CancellationTokenSource(StartTimeout);
            var answer = await _keeper.StandardOutput.ReadLineAsync(timeout.Token);
            if (answer != done)
            {
                throw new InvalidOperationException($"The cluster was told to {order}, and answers '{answer}'.");
            }
        }
        finally
        {
            _orders.Release();
        }
    }

    /// <summary>Ends the cluster and removes its folder; waits at most ten seconds for it, the script goes on without us.</summary>
    public void Stop()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static async Task<ProcessStartInfo> CommandAsync(string programs, string parent, string settings)
    {
        await using var resource = typeof(PostgresCluster).Assembly.GetManifestResourceStream("postgres-cluster.sh")
            ?? throw new InvalidOperationException("postgres-cluster.sh is not embedded.");
        using var reader = new StreamReader(resource);
        var script = await reader.ReadToEndAsync();

        string[] command = [.. await UnprivilegedAsync(), .. OwnSession(), "sh", "-c", script, "postgres-cluster", programs, parent, settings, .. FreePorts()];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            // The unprivileged user may not be let into the folder that the tests run in.
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    /// <summary>What a command begins with that must not run as root, which PostgreSQL and PgBouncer refuse.</summary>
    internal static async Task<string[]> UnprivilegedAsync() =>
        await UserAsync() is { User: var user, Group: var group } ? ["setpriv", $"--reuid={user}", $"--regid={group}", "--clear-groups"] : [];

    /// <summary>The user that PostgreSQL runs as, in numbers: Debian's package brings one for it; nobody does as well. Null where this process is not root: then it is its own.</summary>
    public static async Task<(string User, string Group)?> UserAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return null;

        var users = (await File.ReadAllLinesAsync("/etc/passwd")).Select(line => line.Split(':')).ToList();
        var user = users.Find(user => user[0] == "postgres") ?? users.Find(user => user[0] == "nobody")
            ?? throw new InvalidOperationException("PostgreSQL does not run as root, and neither a user postgres nor nobody exists.");
        return (user[2], user[3]);
    }

    /// <summary>A session of its own, so that Ctrl+C, which reaches all of the terminal's processes, leaves the script alive to clean up.</summary>
    private static string[] OwnSession() => File.Exists("/usr/bin/setsid") ? ["setsid"] : [];

    private static IEnumerable<string> FreePorts() =>
        Enumerable.Range(0, Ports).Select(_ => LoopbackPort.Free().ToString(CultureInfo.InvariantCulture));
}
