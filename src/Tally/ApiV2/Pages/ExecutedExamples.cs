using System.Text.Json;
using Tally.Catalog;

namespace Tally.ApiV2.Pages;

/// <summary>A request of docs/api-v2.md and the answer that follows it there. The project's tests run every one of them against a real panel.</summary>
/// <param name="Section">The heading it stands under: the name in code letters if it begins with one, else the whole heading in lower case.</param>
/// <param name="Notation"><c>http-request</c> (parameters, one a line), <c>http</c> (as it goes over the wire), or <c>sh</c> (curl).</param>
/// <param name="Line">Where it stands, from 1.</param>
public sealed record Example(string Section, string Notation, string Request, string Answer, int Line)
{
    /// <summary>The parameters of an <c>http-request</c>, line breaks as such.</summary>
    public IEnumerable<(string Name, string Value)> Parameters =>
        Request.Split('\n').Select(l => (l[..l.IndexOf('=', StringComparison.Ordinal)], l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..].Replace("\\n", "\n", StringComparison.Ordinal)));
}

/// <summary>
/// docs/api-v2.md as this executable carries it, for the pages that show its examples: what customers see is what was run, because it is the same text. Its errors are taken from
/// there, too; a test holds that table against the code.
/// </summary>
public sealed class ExecutedExamples
{
    private const string Resource = "api-v2.md", Service = "<!-- panel: service ", ErrorTable = "| `code` | `error` |";
    private static readonly Lazy<ExecutedExamples> Loaded = new(() => Parse(Text));
    private readonly Dictionary<string, Example> _byType;

    private ExecutedExamples(IReadOnlyList<Example> all, Dictionary<string, Example> byType, IReadOnlyList<(string Code, string Error)> errors) => (All, _byType, Errors) = (all, byType, errors);

    /// <summary>Those of the page that this executable carries.</summary>
    public static ExecutedExamples Current => Loaded.Value;

    /// <summary>The page itself.</summary>
    public static string Text
    {
        get
        {
            using var reader = new StreamReader(typeof(ExecutedExamples).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The embedded resource '{Resource}' is missing."));
            return reader.ReadToEnd();
        }
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<Example> All { get; }

    /// <summary>Every error: its code and its text.</summary>
    public IReadOnlyList<(string Code, string Error)> Errors { get; }

    /// <summary>A section's example.</summary>
    /// <exception cref="InvalidOperationException">There is none: the page and the documentation do not fit together.</exception>
    public Example Of(string section, int index) =>
        All.Where(e => e.Section == section).ElementAtOrDefault(index) ?? throw new InvalidOperationException($"docs/api-v2.md has no example {index} under '{section}'.");

    /// <summary>How a plain order of a type is placed.</summary>
    /// <exception cref="KeyNotFoundException">There is no example of it.</exception>
    public Example Of(TypeRules type) => _byType[type.WireName];

    /// <exception cref="FormatException">A block has no end, or a request no answer.</exception>
    public static ExecutedExamples Parse(string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        var (examples, types, section) = (new List<Example>(), new Dictionary<string, string>(StringComparer.Ordinal), "");
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("##", StringComparison.Ordinal))
            {
                section = Name(line.TrimStart('#').Trim());
            }
            else if (line.StartsWith(Service, StringComparison.Ordinal))
            {
                var words = line[Service.Length..^" -->".Length].Split(' ', 2);
                types[words[0]] = words[1];
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                var (request, at) = (Block(lines, i), i + 1);
                i = Array.FindIndex(lines, request.End, l => l.StartsWith("```", StringComparison.Ordinal) && l != "```");
                var answer = i > 0 && lines[i] == "```json" ? Block(lines, i) : throw new FormatException($"docs/api-v2.md, line {at}: a request without its answer");
                examples.Add(new Example(section, line[3..], request.Text, answer.Text, at));
                i = answer.End;
            }
        }

        foreach (var (id, type) in Sold(examples))
        {
            types[id] = type;
        }

        return new ExecutedExamples(examples, OfTypes(examples, types), ReadErrors(lines));
    }

    private static (string Text, int End) Block(string[] lines, int start)
    {
        var end = Array.IndexOf(lines, "```", start + 1);
        return end < 0 ? throw new FormatException($"docs/api-v2.md, line {start + 1}: a block without an end") : (string.Join('\n', lines[(start + 1)..end]), end);
    }

#pragma warning disable CA1308 // Names of sections are lower case.
    private static string Name(string heading) => heading is ['`', .. var rest] ? rest[..rest.IndexOf('`', StringComparison.Ordinal)] : heading.ToLowerInvariant();
#pragma warning restore CA1308

    // The services that the page itself shows, from the answer to its example.
    private static IEnumerable<(string Id, string Type)> Sold(List<Example> examples)
    {
        using var answer = JsonDocument.Parse(examples.First(e => e.Section == "services").Answer);
        foreach (var service in answer.RootElement.EnumerateArray())
        {
            yield return (service.GetProperty("service").GetRawText(), service.GetProperty("type").GetString()!);
        }
    }

    private static Dictionary<string, Example> OfTypes(List<Example> examples, Dictionary<string, string> types)
    {
        var found = new Dictionary<string, Example>(StringComparer.Ordinal);
        foreach (var example in examples.Where(e => e.Notation == "http-request"))
        {
            var sent = example.Parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
            if (sent["action"] == "add" && !sent.ContainsKey("runs") && types.TryGetValue(sent["service"], out var type))
            {
                found.TryAdd(type, example);
            }
        }

        return found;
    }

    private static IReadOnlyList<(string Code, string Error)> ReadErrors(string[] lines)
    {
        var head = Array.FindIndex(lines, l => l.StartsWith(ErrorTable, StringComparison.Ordinal));
        return [.. lines.Skip(head + 2).TakeWhile(l => l.StartsWith('|')).Select(l => l.Split('|')).Select(c => (c[1].Trim().Trim('`'), c[2].Trim()))];
    }
}
