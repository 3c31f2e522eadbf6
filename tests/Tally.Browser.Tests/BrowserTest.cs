using Shouldly;
using Tally.Tests;
using Xunit;

namespace Tally.Browser.Tests;

/// <summary>
/// What every test with a browser has: visitors that end with it, a picture of what they saw when it failed, and its failure when anything went wrong in their browsers that
/// the test itself did not look at (<see cref="PageFaults"/>).
/// </summary>
public abstract class BrowserTest(Chromium chromium) : IAsyncLifetime
{
    private readonly List<BrowserVisitor> _visitors = [];
    private readonly List<IAsyncDisposable> _held = [];

    protected Chromium Started => chromium;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var faults = new List<string>();
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var visitor in _visitors)
        {
            faults.AddRange(visitor.Faults.Found.Select(fault => $"{visitor.Look} {visitor.Page.Url}: {fault}"));
            if (failed && !visitor.Page.IsClosed)
            {
                await visitor.ScreenshotAsync($"failed-{GetType().Name}-{TestContext.Current.TestMethod?.MethodName}-{_visitors.IndexOf(visitor)}");
            }

            await visitor.DisposeAsync();
        }

        foreach (var held in _held)
        {
            await held.DisposeAsync();
        }

        faults.ShouldBeEmpty();
    }

    /// <summary>What the visitors look at: it ends after them, so that no page asks a panel that has gone.</summary>
    protected T Hold<T>(T held)
        where T : IAsyncDisposable
    {
        _held.Add(held);
        return held;
    }

    /// <summary>Somebody new in front of the panel, signed in as its first customer if wished.</summary>
    protected async Task<BrowserVisitor> ComeAsync(TestPanel panel, Look look, bool signedIn = false)
    {
        var visitor = Accompany(await BrowserVisitor.ComeAsync(chromium, panel, look));
        if (signedIn)
        {
            await visitor.SignInAsync();
        }

        return visitor;
    }

    /// <summary>From now on the test answers for what goes wrong in the visitor's browser.</summary>
    protected BrowserVisitor Accompany(BrowserVisitor visitor)
    {
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>The visitor goes on to another test; nothing has gone wrong so far.</summary>
    protected void Part(BrowserVisitor visitor)
    {
        visitor.Faults.Found.ShouldBeEmpty(visitor.Page.Url);
        _visitors.Remove(visitor);
    }
}
