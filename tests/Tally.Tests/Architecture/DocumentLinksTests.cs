using System.Text.RegularExpressions;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Architecture;

/// <summary>A link from one of our pages leads to a file that is there, and to a heading that is in it.</summary>
public sealed partial class DocumentLinksTests
{
    [Fact]
    public void Every_link_between_the_documents_leads_somewhere()
    {
        var pages = Directory.GetFiles(Tree.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(Tree.Root, "docs"), "*.md", SearchOption.AllDirectories)).ToList();
        pages.Count.ShouldBeGreaterThan(10);
        pages.SelectMany(page => Broken(page, File.ReadAllText(page))).ShouldBeEmpty();
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        var page = Path.Combine(Tree.Root, "docs", "architecture.md");
        Broken(page, "[a](operations.md) [b](adr/) [c](https://example.com/x) [d](operations.md#several-worlds) [e](nowhere.md) [f](#store) [g](#shop)")
            .ShouldBe(["architecture.md: operations.md#several-worlds", "architecture.md: nowhere.md", "architecture.md: #shop"]);
    }

    private static IEnumerable<string> Broken(string page, string text)
    {
        foreach (var target in Link().Matches(text).Select(m => m.Groups["target"].Value).Where(t => !t.Contains("://", StringComparison.Ordinal) && !t.StartsWith("mailto:", StringComparison.Ordinal)))
        {
            var (path, anchor) = target.Split('#') is [var file, var heading] ? (file, heading) : (target, null);
            var full = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
            var leads = File.Exists(full) ? anchor is null || Headings(full).Contains(anchor) : anchor is null && Directory.Exists(full);
            if (!leads)
            {
                yield return $"{Path.GetFileName(page)}: {target}";
            }
        }
    }

    // As GitHub makes them: small letters, digits and hyphens, a hyphen for each blank, nothing for the rest.
    private static HashSet<string> Headings(string page) =>
        [.. File.ReadLines(page).Where(l => l.StartsWith('#')).Select(l => NoAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{Nd}\- _]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NoAnchor();
}
