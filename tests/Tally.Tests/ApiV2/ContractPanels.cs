using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tally.Testing;

namespace Tally.Tests.ApiV2;

/// <summary>
/// One panel for each store, shared by all tests of a class, since a panel takes its time to start; started when a test first asks for it. Each test takes
/// a customer of its own, so none sees what another did. Nothing here limits how often a key may ask. The panel believes what 127.0.0.1 forwards.
/// </summary>
public class ContractPanels : IAsyncDisposable
{
    private readonly ConcurrentDictionary<StoreKind, Lazy<Task<TestPanel>>> _panels = new();
    private readonly FakeTimeProvider? _clock;
    private int _customers;

    public ContractPanels()
        : this(null)
    {
    }

    protected ContractPanels(FakeTimeProvider? clock) => _clock = clock;

    /// <summary>What the panels have logged at the level of a warning or above.</summary>
    public ContractLog Log { get; } = new();

    public Task<TestPanel> PanelAsync(StoreKind kind) => _panels.GetOrAdd(kind, k => new Lazy<Task<TestPanel>>(() => StartAsync(k))).Value;

    /// <summary>A customer with a wallet and an address of its own.</summary>
    public async Task<ContractCustomer> CustomerAsync(StoreKind kind, string balance = "1000000")
    {
        var panel = await PanelAsync(kind);
        var number = Interlocked.Increment(ref _customers);
        var address = new IPAddress([10, 1, (byte)(number / 250), (byte)(1 + (number % 250))]);
        return new ContractCustomer(panel, await panel.OpenAccountAsync($"customer-{number}@example.com", balance), address);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var panel in _panels.Values.Where(p => p.Value.IsCompletedSuccessfully))
        {
            await (await panel.Value).DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task<TestPanel> StartAsync(StoreKind kind)
    {
        var panel = await TestPanel.StartAsync(kind, _clock, also: Configure);
        await panel.SetAsync("requests_per_second", "1000000");
        await panel.SetAsync("request_burst", "1000000");
        return panel;
    }

    private void Configure(WebApplicationBuilder builder)
    {
        var named = new ConfigurationManager { [TrustedProxies.ConfigurationKey] = "127.0.0.1, 192.0.2.0/24, 2001:db8:ffff::/48" };
        builder.Services.Replace(ServiceDescriptor.Singleton(TrustedProxies.From(named)));
        builder.Services.AddSingleton<ILoggerProvider>(Log);
    }
}

/// <summary>The same with a clock that stands until a test moves it.</summary>
public sealed class ClockedPanels : ContractPanels
{
    public ClockedPanels()
        : this(new FakeTimeProvider(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero)))
    {
    }

    private ClockedPanels(FakeTimeProvider clock)
        : base(clock) => Clock = clock;

    public FakeTimeProvider Clock { get; }
}

/// <summary>Keeps what is logged at the level of a warning or above.</summary>
public sealed class ContractLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>The lines that tell of a failure.</summary>
    public IReadOnlyList<string> Errors => [.. _lines.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text)];

    public IReadOnlyList<string> Warnings => [.. _lines.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text)];

    public ILogger CreateLogger(string categoryName) => new Writer(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Writer(string category, ConcurrentQueue<(LogLevel Level, string Text)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
            }
        }
    }
}
