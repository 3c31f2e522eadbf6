using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Tally.Tests.Architecture;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

/// <summary>What the browser reckons is what the server reckons: the modules run in Node.js, which the build needs anyway, on the same figures.</summary>
public sealed class ScriptTests
{
    private static readonly string[] Searches =
        ["Bình luận Việt 🇻🇳", "ĐĂNG KÝ", "Facebook cảm xúc Like 👍 | 🕓 lập tức | ⚡ 2K / giờ", "ﬁ №5 Ｆｕｌｌ ½", "Ð ø ß İstanbul", "a\u0323\u0302 ậ", "", " -- ", "日本語 한국어 Ελλάδα", "ʼn K Å ǅ"];

    [Fact]
    public async Task The_charge_in_the_browser_is_the_servers_to_the_last_decimal()
    {
        var random = new Random(4);
        var cases = Enumerable.Range(0, 2_000).Select(i => (Rate: i % 7 == 0 ? i : random.NextInt64(1L << (1 + (i % 40))), Quantity: random.NextInt64(1, 1L << (1 + (i % 22))), Per: i % 2 == 0 ? 1000 : 1)).ToList();
        var charges = await RunAsync(
            "import { charge } from '{js}/charge.js'; out(input.map(([r, q, p]) => String(charge(BigInt(r), BigInt(q), BigInt(p)))));",
            cases.Select(c => new[] { Text(c.Rate), Text(c.Quantity), Text(c.Per) }));
        charges.ShouldBe(cases.Select(c => Text(Money.Charge(new Money(c.Rate), c.Quantity, c.Per).Units)));
    }

    [Theory]
    [InlineData("vi", "VND")]
    [InlineData("vi", "USD")]
    [InlineData("en", "VND")]
    [InlineData("en", "USD")]
    [InlineData("en", "CHF")]
    public async Task Amounts_in_the_browser_are_written_as_the_server_writes_them(string language, string currency)
    {
        var formats = new Formats(Words.In(language), currency, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);
        var zero = formats.Amount(Money.Zero);
        var format = new { group = formats.Separators.Group, point = formats.Separators.Point, decimals = formats.Decimals, before = zero[..zero.IndexOf('0')], after = zero[(zero.LastIndexOf('0') + 1)..] };
        long[] units = [0, 1, 10, 99_999, 100_000, 123_456_789, 15_000_00000, -1, -250_000, 1_000_000_00000, long.MaxValue];
        var shown = await RunAsync(
            "import { amount } from '{js}/charge.js'; const [format, ...units] = input; out(units.map((u) => amount(BigInt(u), format)));", [format, .. units.Select(Text)]);
        shown.ShouldBe(units.Select(u => formats.Amount(new Money(u))));
    }

    [Fact]
    public async Task What_a_form_asks_for_is_counted_as_the_contract_counts()
    {
        object[] forms =
        [
            new { source = "parameter", quantity = " 0500 ", runs = "3" }, new { source = "parameter", quantity = "500", runs = "1" }, new { source = "parameter", quantity = "5e2" },
            new { source = "parameter", quantity = "-5" }, new { source = "comments", comments = "a\r\n\r\n  \nb\rc", runs = "2" }, new { source = "usernames", usernames = "x" }, new { source = "one" }, new { source = "comments", comments = " \n" },
        ];
        var quantities = await RunAsync(
            "import { reckon } from '{js}/charge.js'; out(input.map((f) => String(reckon({ source: f.source, rate: 1n, per: 1n }, (n) => f[n])?.quantity ?? '')));", forms);
        quantities.ShouldBe(["1500", "500", "", "", "6", "1", "1", ""]);
    }

    [Fact]
    public async Task The_browser_folds_what_is_searched_as_the_server_does()
    {
        var folded = await RunAsync("import { fold } from '{js}/fold.js'; out(input.map(fold));", Searches);
        folded.ShouldBe(Searches.Select(SearchText.Fold));
    }

    [Fact]
    public async Task The_browser_finds_by_every_word_and_an_id_first()
    {
        var rows = new object[] { new { id = 12, folded = "12 binh luan" }, new { id = 2, folded = "2 like viet 12" }, new { id = 3, folded = "3 binh dinh" } };
        var found = await RunAsync(
            "import { find } from '{js}/fold.js'; out(['12', 'binh', 'Bình LUẬN', '', 'xyz'].map((s) => find(input, s, 10).map((r) => r.id).join()));", rows);
        found.ShouldBe(["12,2", "12,3", "12", "", ""]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<string>> RunAsync(string script, IEnumerable<object> input)
    {
        var folder = Directory.CreateTempSubdirectory("tally-script");
        try
        {
            foreach (var module in new[] { "charge.js", "fold.js" })
            {
                File.Copy(Path.Combine(OurCode.Source, "Tally", "wwwroot", "js", module), Path.Combine(folder.FullName, module));
            }

            // Without this Node.js 20 takes .js for the older kind of module.
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "package.json"), """{"type":"module"}""");
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "main.mjs"),
                "import { readFileSync } from 'node:fs'; const input = JSON.parse(readFileSync(0, 'utf8')); const out = (v) => console.log(JSON.stringify(v)); " + script.Replace("{js}", ".", StringComparison.Ordinal));
            var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8 };
            start.ArgumentList.Add(Path.Combine(folder.FullName, "main.mjs"));
            using var node = Process.Start(start) ?? throw new InvalidOperationException("Node.js does not start.");
            var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
            await node.StandardInput.WriteAsync(JsonSerializer.Serialize(input));
            node.StandardInput.Close();
            await node.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            node.ExitCode.ShouldBe(0, await errors);
            return JsonSerializer.Deserialize<List<string>>(await output)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
