using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Catalog;
using Tally.Orders;
using Tally.Testing;
using Xunit;
using static Tally.Tests.ApiV2.ContractCustomer;

namespace Tally.Tests.ApiV2;

/// <summary>docs/api-v2.md tells customers the truth: its examples are run, and its tables are held against the code.</summary>
public sealed partial class ContractPageTests(ClockedPanels panels) : IClassFixture<ClockedPanels>
{
    private static readonly string[] Ids = ["order", "orders", "refill", "refills"];

    // The ids that the page shows, and those that this panel has given instead.
    private readonly Dictionary<(bool Refill, string Shown), string> _given = [];

    [Theory, BothStores]
    public async Task Every_example_of_the_page_is_answered_as_the_page_says(StoreKind kind)
    {
        var c = await ShopAsync(kind);
        var blocks = ContractPage.Read().Blocks();
        var run = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Notation == "panel")
            {
                await TellAsync(c, blocks[i].Text);
            }
            else
            {
                blocks[i].IsRequest.ShouldBeTrue($"line {blocks[i].Line}: a block that no test runs");
                blocks[i + 1].Notation.ShouldBe("json", $"line {blocks[i].Line}: a request without its answer");
                await CompareAsync(c, blocks[i], blocks[++i]);
                run++;
            }
        }

        run.ShouldBeGreaterThan(20);
        (await c.Panel.VerifyAsync()).FirstFault.ShouldBeNull();
    }

    [Fact]
    public void The_table_of_types_is_the_one_in_the_code()
    {
        var rows = ContractPage.Read().Table("type", "link", "quantity", "its own parameters");
        rows.Select(r => r[0]).ShouldBe(TypeRules.Table.Select(t => t.WireName));
        foreach (var (row, rules) in rows.Zip(TypeRules.Table))
        {
            (row[1], row[2]).ShouldBe((rules.NeedsLink ? "R" : "–", rules.Quantity == QuantitySource.Parameter ? "R" : "–"), rules.WireName);
            row[3].ShouldBe(rules.Own.Length == 0 ? "–" : string.Join(" · ", rules.Own.Select(Told)), rules.WireName);
            row[4].StartsWith(rules.Per == 1000 ? "rate per 1000" : rules.Quantity == QuantitySource.One ? "rate, once" : "rate per 1,", StringComparison.Ordinal).ShouldBeTrue(rules.WireName);
        }

        static string Told(TypeParameter p) => $"`{p.Name}` {(p.Required ? "R" : "o")}" + p.Kind switch
        {
            ParameterKind.Lines => ", a list",
            ParameterKind.LinesOrCommas => ", a list (commas work too)",
            _ => "",
        };
    }

    [Fact]
    public void The_table_of_errors_is_the_one_in_the_code()
    {
        var refusals = typeof(Refusal).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(p => (Refusal)p.GetValue(null)!)
            .Concat([Refusal.IncorrectRequest(""), Refusal.MinQuantity(200), Refusal.MaxQuantity(10_000), Refusal.ReferenceConflict(1)]);
        ContractPage.Read().Table("`code`", "`error`").Select(r => (Code: r[0].Trim('`'), Error: r[1])).ShouldBe(refusals.Select(r => (r.Code, r.Error)), ignoreOrder: true);
    }

    private async Task<ContractCustomer> ShopAsync(StoreKind kind)
    {
        var c = await panels.CustomerAsync(kind, "100.84292");
        var first = await c.Panel.AddServiceAsync(rate: "0.9", with: s => s with
        {
            Name = "Facebook Like 👍 Việt 🇻🇳 | 10K",
            Description = "Real people, slow and steady.",
            Category = "⭐ Facebook",
            Platform = "Facebook",
            Min = 200,
        });
        await c.Panel.AddServiceAsync(ServiceType.CustomComments, "57.5", s => s with
        {
            Name = "Facebook Comments",
            Category = "⭐ Facebook",
            Platform = "Facebook",
            Min = 2,
            Max = 1500,
            Refill = false,
            Dripfeed = false,
        });
        await c.Panel.AddServiceAsync(ServiceType.Subscriptions, "0.0012", s => s with
        {
            Name = "Instagram Likes for every new post",
            Category = "Instagram",
            Platform = "Instagram",
            Min = 20,
            Max = 5000,
            Refill = false,
        });
        first.Id.ShouldBe(1, "the page's services are the first of a new panel");
        return c;
    }

    /// <summary>What happens at the panel between two examples.</summary>
    private async Task TellAsync(ContractCustomer c, string what)
    {
        var words = what.Split(' ');
        var values = words.Where(w => w.Contains('=')).Select(w => w.Split('=')).ToDictionary(w => w[0], w => long.Parse(w[1], CultureInfo.InvariantCulture));
        switch (words[0])
        {
            case "settle":
                OrderStatusWords.TryRead(words[2], out var status).ShouldBeTrue(what);
                await c.Panel.SettleAsync(long.Parse(_given[(false, words[1])]), status, values["remains"], values["start"]);
                break;
            case "add":
                _given[(false, words[1])] = Text(await c.AddAsync(Default(values["service"], values["quantity"], "https://facebook.com/tally/posts/9")));
                break;
            case "refill":
                await ContractStore.SetRefillAsync(c.Panel, long.Parse(_given[(true, words[1])]), Enum.Parse<RefillStatus>(words[2]));
                break;
            case "service":
                var type = TypeRules.Table.Single(t => t.WireName == string.Join(' ', words[2..])).Type;
                (await c.Panel.AddServiceAsync(type, "0.9")).Id.ShouldBe(long.Parse(words[1]), "the page's services are numbered as they come");
                break;
            case "wait":
                panels.Clock.Advance(TimeSpan.FromDays(1));
                break;
            default:
                throw new FormatException("The page tells the panel what it does not understand: " + what);
        }
    }

    private async Task CompareAsync(ContractCustomer c, ContractBlock request, ContractBlock answer)
    {
        using var message = request.Notation switch
        {
            "sh" => Form(c, [.. Curl().Matches(request.Text).Select(m => (m.Groups["name"].Value, m.Groups["value"].Value))]),
            "http-request" => Form(c, [("key", "YOUR_API_KEY"), .. request.Text.Split('\n').Select(l => (l[..l.IndexOf('=')], l[(l.IndexOf('=') + 1)..].Replace("\\n", "\n")))]),
            _ => Raw(c, request.Text),
        };
        var said = await c.SendAsync(message);
        using var real = JsonDocument.Parse(said.Ok());
        using var shown = JsonDocument.Parse(answer.Text);
        Compare(shown.RootElement, real.RootElement, null, refill: false, $"line {request.Line}: {request.Text}\nwas answered {said.Body}");
    }

    private HttpRequestMessage Form(ContractCustomer c, IReadOnlyList<(string Name, string Value)> parameters)
    {
        parameters.Count.ShouldBeGreaterThan(1);
        var real = parameters.Select(p => (p.Name, p.Name == "key" ? p.Value.Replace("YOUR_API_KEY", c.Key) : Ids.Contains(p.Name) ? GivenIn(p.Value, p.Name.StartsWith("refill")) : p.Value));
        return new HttpRequestMessage(HttpMethod.Post, c.Panel.Api) { Content = new StringContent(FormOf(real), Encoding.UTF8, Requests.Form) };
    }

    private static HttpRequestMessage Raw(ContractCustomer c, string text)
    {
        var parts = text.Replace("YOUR_API_KEY", c.Key).Split("\n\n", 2);
        var (first, headers) = (parts[0].Split('\n')[0].Split(' '), parts[0].Split('\n').Skip(1).Select(h => h.Split(": ", 2)));
        var message = new HttpRequestMessage(new HttpMethod(first[0]), new Uri(c.Panel.Http.BaseAddress!, first[1]));
        message.Content = parts.Length > 1 ? new ByteArrayContent(Encoding.UTF8.GetBytes(parts[1])) : null;
        foreach (var header in headers)
        {
            (message.Headers.TryAddWithoutValidation(header[0], header[1]) || message.Content!.Headers.TryAddWithoutValidation(header[0], header[1])).ShouldBeTrue(header[0]);
        }

        return message;
    }

    /// <summary>The same keys in the same order with the same values, but for ids, which are the panel's own: the first time an id is told it takes its place.</summary>
    private void Compare(JsonElement shown, JsonElement real, string? name, bool refill, string where)
    {
        real.ValueKind.ShouldBe(shown.ValueKind, where);
        if (shown.ValueKind == JsonValueKind.Object)
        {
            var (expected, actual) = (shown.EnumerateObject().ToList(), real.EnumerateObject().ToList());
            actual.Select(p => p.Name).ShouldBe(expected.Select(p => p.Name.All(char.IsAsciiDigit) ? GivenIn(p.Name, false) : p.Name), where);
            expected.Zip(actual).ToList().ForEach(p => Compare(p.First.Value, p.Second.Value, p.First.Name, p.First.Name == "refill", where));
        }
        else if (shown.ValueKind == JsonValueKind.Array)
        {
            real.GetArrayLength().ShouldBe(shown.GetArrayLength(), where);
            shown.EnumerateArray().Zip(real.EnumerateArray()).ToList().ForEach(p => Compare(p.First, p.Second, name, refill, where));
        }
        else if (name is not null && Ids.Contains(name) && shown.ToString() is var id && id.All(char.IsAsciiDigit))
        {
            real.ToString().ShouldBe(_given.TryGetValue((refill, id), out var known) ? known : _given[(refill, id)] = real.ToString(), where);
        }
        else
        {
            real.ToString().ShouldBe(shown.ToString(), where);
        }
    }

    private string GivenIn(string list, bool refill) => Digits().Replace(list, m => _given.GetValueOrDefault((refill, m.Value), m.Value));

    [GeneratedRegex(@"-d (?<name>[a-z_]+)=(?<value>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Curl();

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Digits();
}
