using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tally.Testing;

/// <summary>
/// A throw-away PostgreSQL cluster on 127.0.0.1, made in about a second, that ends with this process, however this process ends:
/// <c>postgres-cluster.sh</c> keeps it running for as long as its standard input stays open.
/// </summary>
internal sealed class PostgresCluster
{
    /// <summary>initdb reads and writes some 40 MB; a busy disk needs its time.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    /// <summary>How many ports the script may try, should another process take one between our look and its bind.</summary>
    private const int Ports = 5;

    private readonly Process _keeper;

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

    /// <exception cref="InvalidOperationException">The cluster did not start; the message is PostgreSQL's own.</exception>
    public static async Task<PostgresCluster> StartAsync(string programs)
    {
        var keeper = Process.Start(await CommandAsync(programs)) ?? throw new InvalidOperationException("The script that keeps the cluster did not start.");
        using var timeout = new CancellationTokenSource(StartTimeout);
        var ready = await keeper.StandardOutput.ReadLineAsync(timeout.Token);
        if (ready?.Split(' ') is ["ready", var port, var folder])
            return new PostgresCluster(keeper, int.Parse(port, CultureInfo.InvariantCulture), folder);

        throw new InvalidOperationException($"PostgreSQL did not start: {await keeper.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Ends the cluster and removes its folder; waits at most ten seconds for it, the script goes on without us.</summary>
    public void Stop()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static async Task<ProcessStartInfo> CommandAsync(string programs)
    {
        await using var resource = typeof(PostgresCluster).Assembly.GetManifestResourceStream("postgres-cluster.sh")
            ?? throw new InvalidOperationException("postgres-cluster.sh is not embedded.");
        using var reader = new StreamReader(resource);
        var script = await reader.ReadToEndAsync();

        string[] command = [.. await UnprivilegedAsync(), .. OwnSession(), "sh", "-c", script, "postgres-cluster", programs, .. FreePorts()];
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

    /// <summary>PostgreSQL refuses to run as root. Debian's package brings a user for it; nobody does as well.</summary>
    internal static async Task<string[]> UnprivilegedAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return [];

        var users = (await File.ReadAllLinesAsync("/etc/passwd")).Select(line => line.Split(':')).ToList();
        var user = users.Find(user => user[0] == "postgres") ?? users.Find(user => user[0] == "nobody")
            ?? throw new InvalidOperationException("PostgreSQL does not run as root, and neither a user postgres nor nobody exists.");
        return ["setpriv", $"--reuid={user[2]}", $"--regid={user[3]}", "--clear-groups"];
    }

    /// <summary>A session of its own, so that Ctrl+C, which reaches all of the terminal's processes, leaves the script alive to clean up.</summary>
    private static string[] OwnSession() => File.Exists("/usr/bin/setsid") ? ["setsid"] : [];

    private static IEnumerable<string> FreePorts() =>
        Enumerable.Range(0, Ports).Select(_ => LoopbackPort.Free().ToString(CultureInfo.InvariantCulture));
}
