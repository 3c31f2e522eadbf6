using System.Data.Common;
using System.Globalization;
using Tally.Testing;

namespace Tally.Torture;

/// <summary>What to do.</summary>
/// <param name="Only">Names of faults, or parts of names; empty = all.</param>
/// <param name="Patience">How many times longer than usual the panel may take to come back.</param>
internal sealed record TortureOptions(StoreKind Store, double Minutes, int Seed, int Customers, IReadOnlyList<string> Only, double Patience);

/// <summary>One run: load, and fault upon fault; after each the panel must come back in time, and everything is checked.</summary>
internal sealed class TortureRun : IAsyncDisposable
{
    private const int MostViolationsTold = 20;

    private readonly TortureOptions _options;
    private readonly Counters _counters = new();
    private readonly Journal _journal = new();
    private readonly Caller _caller;
    private readonly Random _dice;
    private readonly Scene _scene;
    private readonly FaultBag _bag;
    private readonly Dictionary<string, string> _leftOut;
    private readonly Dictionary<string, FaultFigures> _figures = new(StringComparer.Ordinal);
    private readonly List<Violation> _violations = [];
    private readonly Action<string> _say;
    private readonly long _began = Clock.NowMs;
    private int _inspected;
    private bool _interrupted;
    private long _waiting;

    private TortureRun(TortureOptions options, TorturedPanel panel, Action<string> say)
    {
        (_options, _say, _dice) = (options, say, new Random(options.Seed));
        _caller = new Caller(_journal, _counters);
        var crowd = new Crowd(panel, _journal, _caller, _counters, options.Seed, options.Customers);
        _scene = new Scene(panel, _journal, _caller, crowd);
        var wanted = AllFaults.List.Where(f => options.Only.Count == 0 || options.Only.Any(o => f.Name.Contains(o, StringComparison.OrdinalIgnoreCase))).ToList();
        _leftOut = wanted.Select(f => (f.Name, Why: f.NotPossible(panel))).Where(f => f.Why is not null and not TortureFault.NotOnThisStore).ToDictionary(f => f.Name, f => f.Why!, StringComparer.Ordinal);
        _bag = new FaultBag(wanted.Where(f => f.NotPossible(panel) is null), _dice);
    }

    public static async Task<TortureRun> BeginAsync(TortureOptions options, Action<string> say)
    {
        say(string.Create(CultureInfo.InvariantCulture, $"torture: {options.Store} for {options.Minutes} min, seed {options.Seed}"));
        var panel = await TorturedPanel.StartAsync(options.Store, options.Minutes, options.Seed);
        try
        {
            return new TortureRun(options, panel, say);
        }
        catch
        {
            await panel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end, to the first violation, or until it is interrupted.</summary>
    public async Task<RunFigures> RunAsync(CancellationToken ct)
    {
        foreach (var (name, why) in _leftOut)
        {
            Say($"left out: {name} ({why})");
        }

        _scene.Crowd.Start();
        try
        {
            while (Clock.Since(_began) < TimeSpan.FromMinutes(_options.Minutes) && _violations.Count == 0)
            {
                await Task.Delay(_dice.Next(300, 1500), ct);
                await RoundAsync(_bag.Next(), ct);
            }

            if (_violations.Count == 0)
            {
                await SettleAsync(ct);
            }
        }
        catch (Exception e) when (ct.IsCancellationRequested)
        {
            // Ctrl+C reaches the nodes and PostgreSQL as well: what they do from then on shows nothing.
            _interrupted = true;
            Say($"interrupted ({e.Message})");
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or DbException)
        {
            // The panel did not come back, or cannot be looked at any more.
            Note([new Violation("run", e.ToString())], CancellationToken.None);
        }

        if (_violations.Count > 0)
        {
            foreach (var node in _scene.Panel.Nodes)
            {
                _say($"last words of {node.Name}:\n{string.Join('\n', node.LastWords)}");
            }
        }

        return Figures();
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.Crowd.DisposeAsync();
        _caller.Dispose();
        await _scene.Panel.DisposeAsync();
    }

    private async Task RoundAsync(IReadOnlyList<TortureFault> faults, CancellationToken ct)
    {
        var names = string.Join(" + ", faults.Select(f => f.Name));
        Say(names);
        var since = (await Task.WhenAll(faults.Select(f => f.StrikeAsync(_scene, new Random(_dice.Next()))))).Max();
        var recovered = await Recovery.WaitAsync(_scene, since, _options.Patience, _dice, ct);
        foreach (var fault in faults)
        {
            if (!_figures.TryGetValue(fault.Name, out var figures))
            {
                _figures[fault.Name] = figures = new FaultFigures();
            }

            figures.Add(recovered);
        }

        Note(recovered.Against(names, faults.Max(f => f.ServingBound) * _options.Patience, faults.Max(f => f.SendingBound) * _options.Patience), ct);
        await InspectAsync(string.Create(CultureInfo.InvariantCulture, $"serving after {recovered.Serving.TotalSeconds:0.0} s, sending after {recovered.Sending.TotalSeconds:0.0} s"), ct);
    }

    private async Task InspectAsync(string told, CancellationToken ct)
    {
        await _scene.Crowd.PauseAsync();
        if (_scene.Crowd.Failure is { } failure)
        {
            throw new InvalidOperationException("The crowd itself has failed.", failure);
        }

        var wishes = _journal.Wishes.ToList();
        await Inspection.ReplayAsync(_scene, wishes, _inspected, _dice);
        _inspected = wishes.Count;
        var began = Clock.NowMs;
        Note(await Inspection.CheckAsync(_scene.Panel, _journal, settled: false), ct);
        await Settling.AgeAsync(_scene.Panel);
        _scene.Crowd.GoOn();
        Say(string.Create(CultureInfo.InvariantCulture, $"  {told}; {_counters.Orders} orders, checked in {Clock.Since(began).TotalSeconds:0.0} s"));
    }

    /// <summary>The end: whatever is open is asked for until it is known, what can be sent is sent, and then everything must add up.</summary>
    private async Task SettleAsync(CancellationToken ct)
    {
        await _scene.Crowd.PauseAsync();
        Say("settling");
        Note(await Settling.RunAsync(_scene), ct);
        Note(await Inspection.CheckAsync(_scene.Panel, _journal, settled: true), ct);
        Note(await Settling.VerifyAsync(_scene.Panel), ct);
        _waiting = await _scene.Panel.WaitingAsync();
    }

    /// <exception cref="OperationCanceledException">It was interrupted: what was found then, the interruption may have made.</exception>
    private void Note(IEnumerable<Violation> violations, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (var violation in violations)
        {
            _violations.Add(violation);
            if (_violations.Count <= MostViolationsTold)
            {
                Say($"VIOLATION {violation}");
            }
        }
    }

    private void Say(string text) => _say($"{Clock.Since(_began):hh\\:mm\\:ss}  {text}");

    private RunFigures Figures() => new()
    {
        Seed = _options.Seed,
        Store = _options.Store.ToString(),
        Seconds = Clock.Since(_began).TotalSeconds,
        Faults = _figures.ToDictionary(f => f.Key, f => FaultLine.Of(f.Value)),
        LeftOut = _leftOut,
        Interrupted = _interrupted,
        Counts = Told.Counts(_counters, _journal, _scene.Panel, _waiting, _violations),
        Violations = [.. _violations.Select(v => v.ToString())],
    };
}
