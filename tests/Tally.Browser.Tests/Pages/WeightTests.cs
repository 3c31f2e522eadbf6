using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Tally.Browser.Tests.Pages;

public sealed class WeightTests(Chromium chromium, SweptPanel swept) : PageSweep(chromium, swept)
{
    /// <summary>A first visit, with all that the page needs; in bytes over the wire, headers too (issue 4).</summary>
    private const long FirstVisit = 300 * 1024;

    /// <summary>Every later page.</summary>
    private const long LaterPage = 40 * 1024;

    [Theory, MemberData(nameof(PageCatalogue.Names), MemberType = typeof(PageCatalogue))]
    public async Task A_first_visit_and_a_later_page_are_light(string name)
    {
        var page = PageCatalogue.Find(name);
        var visitor = await ComeAsync(await SweptAsync(), new Look(Screen.Desktop, "vi"), page.SignedIn);
        if (page.Before is { } before)
        {
            await before(visitor); // which is then no first visit
        }

        await using var wire = await Wire.TapAsync(visitor);
        await OpenAsync(visitor, page);
        await visitor.Page.WaitForLoadStateAsync(LoadState.Load);
        wire.Take().ShouldBeInRange(1_000, FirstVisit, $"first visit: {wire}");

        // Another page in between, so that the later one is no mere reload.
        await visitor.OpenAsync("/nothing/else", 404);
        wire.Take();
        await OpenAsync(visitor, page);
        await visitor.Page.WaitForLoadStateAsync(LoadState.Load);
        wire.Take().ShouldBeInRange(500, LaterPage, $"later page: {wire}");
    }

    /// <summary>Counts what comes over the wire, as the browser itself sees it.</summary>
    private sealed class Wire : IAsyncDisposable
    {
        private readonly ICDPSession _session;
        private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
        private readonly List<(string Address, long Bytes)> _loaded = [];
        private string _last = "";

        private Wire(ICDPSession session) => _session = session;

        public static async Task<Wire> TapAsync(BrowserVisitor visitor)
        {
            var wire = new Wire(await visitor.Context.NewCDPSessionAsync(visitor.Page));
            wire._session.Event("Network.requestWillBeSent").OnEvent += (_, e) => wire.Note(e!.Value);
            wire._session.Event("Network.loadingFinished").OnEvent += (_, e) => wire.Count(e!.Value);
            await wire._session.SendAsync("Network.enable");
            return wire;
        }

        /// <summary>The bytes since the last time.</summary>
        public long Take()
        {
            lock (_loaded)
            {
                var total = _loaded.Sum(l => l.Bytes);
                _last = string.Join(", ", _loaded.Where(l => l.Bytes > 0).Select(l => $"{l.Address} {l.Bytes}"));
                _loaded.Clear();
                return total;
            }
        }

        public override string ToString() => _last;

        public async ValueTask DisposeAsync() => await _session.DetachAsync();

        private void Note(JsonElement e)
        {
            lock (_loaded)
            {
                _addresses[e.GetProperty("requestId").GetString()!] = e.GetProperty("request").GetProperty("url").GetString()!;
            }
        }

        private void Count(JsonElement e)
        {
            lock (_loaded)
            {
                _loaded.Add((_addresses.GetValueOrDefault(e.GetProperty("requestId").GetString()!, "?"), (long)e.GetProperty("encodedDataLength").GetDouble()));
            }
        }
    }
}
