using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tally.Testing;

/// <summary>A node as a process of its own: <c>tally serve</c> on loopback, which can be killed at any moment.</summary>
public sealed class TallyProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    /// <summary>For a machine that has a lot else to do.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90), StopTimeout = TimeSpan.FromSeconds(120);

    /// <summary>Of a node that runs for hours only the last lines are kept.</summary>
    private const int LinesKept = 20_000;

    private const int LinesTold = 10;

    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new(), _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _read;
    private bool _disposed;

    private TallyProcess(Process process)
    {
        _process = process;
        _read = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    /// <summary>Whether it has ended, by itself or not.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens, once it does.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The lines of its standard output.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The lines of its standard error.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Starts a node and waits until it is ready for requests.</summary>
    public static Task<TallyProcess> ServeAsync(string database, params string[] more) => ReadyAsync(Launch(database, more));

    /// <summary>Starts a node under a program that becomes the node when it has done its part, and waits until it is ready for requests.</summary>
    public static Task<TallyProcess> ServeUnderAsync(IReadOnlyList<string> program, string database, params string[] more) =>
        ReadyAsync(new TallyProcess(TallyProgram.Start(ServeArguments(database, more), under: program)));

    private static async Task<TallyProcess> ReadyAsync(TallyProcess node)
    {
        try
        {
            await node.ReadyAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node and waits for nothing. The system chooses its port.</summary>
    public static TallyProcess Launch(string database, params string[] more) => LaunchIn(NoVariables, database, more);

    /// <summary>Starts a node with variables in its environment, and waits for nothing.</summary>
    public static TallyProcess LaunchIn(IReadOnlyDictionary<string, string> environment, string database, params string[] more) =>
        new(TallyProgram.Start(ServeArguments(database, more), environment));

    /// <summary>Starts a node that kills itself at a point.</summary>
    public static TallyProcess LaunchToDie(string database, string fault, params string[] more) =>
        LaunchIn(new Dictionary<string, string>(StringComparer.Ordinal) { [TallyProgram.FaultVariable] = fault }, database, more);

    private static string[] ServeArguments(string database, string[] more) => ["serve", "--urls", "http://127.0.0.1:0", "--database", database, .. more];

    /// <summary>Waits until the node is ready for requests (<c>/readyz</c>).</summary>
    public async Task ReadyAsync()
    {
        var ended = _read.ContinueWith(_ => new Uri("about:blank"), TaskScheduler.Default);
        var first = await Task.WhenAny(_listening.Task, ended).WaitAsync(StartTimeout);
        if (first == ended)
        {
            throw new InvalidOperationException($"The node ended before it listened.\n{string.Join('\n', _output)}\n{string.Join('\n', _errors)}");
        }

        Address = await _listening.Task;
        using var caller = new ApiCaller(Address);
        await Waiting.UntilAsync(async () => await caller.IsReadyAsync(), "/readyz answers 200", (int)StartTimeout.TotalSeconds);
    }

    /// <summary>Ends it as a power cut would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(StopTimeout);
    }

    /// <summary>Asks it to end (SIGTERM), as systemd and containers do; the caller goes on meanwhile.</summary>
    public Task AskToStopAsync() => SignalAsync("TERM");

    /// <summary>Holds it where it is (SIGSTOP), as a machine that swaps or a virtual one that is moved does, until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} \"$0\"", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(StopTimeout);
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill -{signal} {_process.Id} ended with {kill.ExitCode}.");
        }
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    /// <exception cref="TimeoutException">It goes on; the message has the last that it said.</exception>
    public async Task<int> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopTimeout);
            await _read.WaitAsync(StopTimeout);
        }
        catch (TimeoutException e)
        {
            var what = _process.HasExited ? $"It ended with {_process.ExitCode}, but somebody else holds its output open" : "The node has not ended";
            throw new TimeoutException($"{what} after {StopTimeout.TotalSeconds} s.\n{string.Join('\n', _errors.TakeLast(LinesTold))}\n{string.Join('\n', _output.TakeLast(LinesTold))}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>Asks it to end and waits for it; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await AskToStopAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().WaitAsync(StopTimeout);
        await _read.WaitAsync(StopTimeout);
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            if (lines.Count > LinesKept)
            {
                lines.TryDequeue(out _);
            }

            if (!_listening.Task.IsCompleted && line.Contains(Listening, StringComparison.Ordinal))
            {
                using var document = JsonDocument.Parse(line);
                _listening.TrySetResult(new Uri(document.RootElement.GetProperty("Message").GetString()![Listening.Length..]));
            }
        }
    }
}
