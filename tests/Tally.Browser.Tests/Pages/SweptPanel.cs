using System.Collections.Concurrent;
using Tally.Browser.Tests.Pages;
using Tally.Catalog;
using Tally.Testing;
using Tally.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(SweptPanel))]

namespace Tally.Browser.Tests.Pages;

/// <summary>One panel with something on every page, which all sweeps look at and none changes.</summary>
public sealed class SweptPanel : IAsyncDisposable
{
    private readonly Lazy<Task<TestPanel>> _started = new(StartAsync);
    private readonly ConcurrentDictionary<(Screen, bool Script, bool SignedIn), ConcurrentBag<BrowserVisitor>> _waiting = [];

    /// <summary>The panel, after <see cref="ReadyAsync"/>.</summary>
    public TestPanel Panel => _started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } ? _started.Value.Result : throw new InvalidOperationException("The panel is not ready.");

    /// <summary>Waits until the panel is there and filled.</summary>
    public Task<TestPanel> ReadyAsync() => _started.Value;

    /// <summary>Somebody whose browser has been here before, if there is one: a new one for each look would take most of the time.</summary>
    public async Task<BrowserVisitor> MeetAsync(Chromium chromium, Look look, bool signedIn)
    {
        if (Waiting(look, signedIn).TryTake(out var visitor))
        {
            await visitor.TurnToAsync(look);
            return visitor;
        }

        visitor = await BrowserVisitor.ComeAsync(chromium, await ReadyAsync(), look);
        if (signedIn)
        {
            await visitor.SignInAsync();
        }

        return visitor;
    }

    /// <summary>The visitor waits for the next look.</summary>
    public void Leave(BrowserVisitor visitor, bool signedIn) => Waiting(visitor.Look, signedIn).Add(visitor);

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _waiting.Values.SelectMany(v => v))
        {
            await visitor.DisposeAsync();
        }

        if (_started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await Panel.DisposeAsync();
        }
    }

    private ConcurrentBag<BrowserVisitor> Waiting(Look look, bool signedIn) => _waiting.GetOrAdd((look.Screen, look.Script, signedIn), _ => []);

    private static async Task<TestPanel> StartAsync()
    {
        var panel = await TestPanel.StartAsync(StoreKind.Sqlite, balance: "2500000");
        await panel.SetAsync("currency", "VND");
        await panel.SetAsync("name", "Tally");
        foreach (var type in Enum.GetValues<ServiceType>())
        {
            await panel.AddServiceAsync(type);
        }

        return panel;
    }
}
