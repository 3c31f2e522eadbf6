using Tally.Tests.Architecture;

namespace Tally.Tests.ApiV2;

/// <summary>A block of docs/api-v2.md that a test runs: a request in one of its three notations, the answer that follows it, or what the panel is told between them.</summary>
/// <param name="Notation"><c>http-request</c> (parameters, one a line), <c>http</c> (as it goes over the wire), <c>sh</c> (curl), <c>json</c>, or <c>panel</c>.</param>
public sealed record ContractBlock(string Notation, string Text, int Line)
{
    public bool IsRequest => Notation is "http-request" or "http" or "sh";
}

/// <summary>docs/api-v2.md, taken apart.</summary>
public sealed class ContractPage
{
    private const string Told = "<!-- panel: ";
    private readonly string[] _lines;

    private ContractPage(string[] lines) => _lines = lines;

    public static ContractPage Read() => new(File.ReadAllLines(Path.Combine(OurCode.Root, "docs", "api-v2.md")));

    /// <summary>The fenced blocks, and the comments that tell the panel what happens meanwhile, in their order.</summary>
    public IReadOnlyList<ContractBlock> Blocks()
    {
        var blocks = new List<ContractBlock>();
        for (var i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].StartsWith(Told, StringComparison.Ordinal))
            {
                blocks.Add(new ContractBlock("panel", _lines[i][Told.Length..^" -->".Length], i + 1));
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
        var at = Array.FindIndex(_lines, l => l.StartsWith('|') && Cells(l).Take(head.Length).SequenceEqual(head));
        return [.. _lines.Skip(at + 2).TakeWhile(l => at >= 0 && l.StartsWith('|')).Select(Cells)];
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(c => c.Trim())];
}
