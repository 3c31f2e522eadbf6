using Microsoft.Playwright;
using Tally.Browser.Tests;
using Xunit;
using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Tally.Browser.Tests;

/// <summary>The one Chromium of the whole run: started by the first test that wants it, ended with the run. It is the machine's own; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // Nothing that asks the network for what no test wants, and no GPU, which such machines do not have. --headless and --no-sandbox are Playwright's own words.
    private static readonly string[] Arguments =
        ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>A profile of its own: no cookies, an empty cache.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options) => await (await _started.Value).Browser.NewContextAsync(options);

    public async ValueTask DisposeAsync()
    {
        if (_started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var (driver, browser) = await _started.Value;
            await browser.DisposeAsync();
            driver.Dispose();
        }
    }

    /// <summary>The executable: the one that <c>TALLY_CHROMIUM</c> names, else one in PATH; null where there is none.</summary>
    /// <exception cref="FileNotFoundException"><c>TALLY_CHROMIUM</c> names none.</exception>
    internal static string? Find(string? named, string path)
    {
        if (named is { Length: > 0 })
        {
            return File.Exists(named) ? named : throw new FileNotFoundException("TALLY_CHROMIUM names no file.", named);
        }

        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>What a test ends with where there is no Chromium: a visible skip on a laptop, a failure in CI.</summary>
    internal static Exception Missing(bool ci) => ci
        ? new InvalidOperationException("No Chromium on this machine, and CI must not skip its tests. `./dev setup` installs it on Debian.")
        : SkipException.ForSkip("No Chromium on this machine. `./dev test` installs it on Debian as root; or name one in TALLY_CHROMIUM.");

    private static async Task<(IPlaywright Driver, IBrowser Browser)> StartAsync()
    {
        var executable = Find(Environment.GetEnvironmentVariable("TALLY_CHROMIUM"), Environment.GetEnvironmentVariable("PATH") ?? "")
            ?? throw Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");
        var driver = await Playwright.CreateAsync();

        // As long as every other wait: a machine that does other things beside is slow, and what never comes is found all the same.
        Assertions.SetDefaultExpectTimeout(30_000);
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = executable, Headless = true, Args = Arguments }));
    }
}
