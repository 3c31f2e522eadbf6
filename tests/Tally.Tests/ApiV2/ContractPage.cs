using System.Text.RegularExpressions;

namespace Tally.Tests.ApiV2;

/// <summary>A block of docs/api-v2.md that a test runs: a request in one of its three notations, the answer that follows it, or what the panel is told between them.</summary>
/// <param name="Notation"><c>http-request</c> (parameters, one a line), <c>http</c> (as it goes over the wire), <c>sh</c> (curl), <c>json</c>, or <c>panel</c>.</param>
public sealed record ContractBlock(string Notation, string Text, int Line)
{
    public bool IsRequest => Notation is "http-request" or "http" or "sh";
}

/// <summary>docs/api-v2.md, taken apart.</summary>
public sealed partial class ContractPage
{
    private readonly string[] _lines;

    private ContractPage(string[] lines) => _lines = lines;

    public static ContractPage Read()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "docs", "api-v2.md")))
        {
            folder = folder.Parent ?? throw new FileNotFoundException("docs/api-v2.md is in no folder above the tests.");
        }

        return new ContractPage(File.ReadAllLines(Path.Combine(folder.FullName, "docs", "api-v2.md")));
    }

    /// <summary>The fenced blocks, and the comments that tell the panel what happens meanwhile, in their order.</summary>
    public IReadOnlyList<ContractBlock> Blocks()
    {
        var blocks = new List<ContractBlock>();
        for (var i = 0; i < _lines.Length; i++)
        {
            if (Told().Match(_lines[i]) is { Success: true } told)
            {
                blocks.Add(new ContractBlock("panel", told.Groups[1].Value, i + 1));
            }
            else if (_lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(_lines, i + 1, l => l == "```");
                blocks.Add(new ContractBlock(_lines[i][3..], string.Join('\n', _lines[(i + 1)..end]), i + 1));
                i = end;
            }
        }

        return blocks;
    }

    /// <summary>The rows of the table whose head begins with these cells.</summary>
    public IReadOnlyList<string[]> Table(params string[] head)
    {
        var at = Array.FindIndex(_lines, l => l.StartsWith("|", StringComparison.Ordinal) && Cells(l).Take(head.Length).SequenceEqual(head));
        return [.. _lines.Skip(at + 2).TakeWhile(l => at >= 0 && l.StartsWith("|", StringComparison.Ordinal)).Select(Cells)];
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(c => c.Trim())];

    [GeneratedRegex("^<!-- panel: (.*) -->$")]
    private static partial Regex Told();
}
