using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Tests.Architecture;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

/// <summary>Every text exists in both languages, has the same places to fill in, and every text that a page names exists.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void Every_key_exists_in_every_language()
    {
        Words.Resources.ShouldNotBeEmpty();
        foreach (var (owner, resources) in Words.Resources)
        {
            var english = Read(resources, "");
            english.ShouldNotBeEmpty(owner);
            english.Keys.Where(k => !k.StartsWith(owner + ".", StringComparison.Ordinal)).ShouldBeEmpty();
            foreach (var language in Words.Languages.Where(l => l != "en"))
            {
                var other = Read(resources, language);
                english.Keys.Except(other.Keys).ShouldBeEmpty($"{owner}: missing in {language}");
                other.Keys.Except(english.Keys).ShouldBeEmpty($"{owner}: only in {language}");
                english.Where(e => Places(e.Value) != Places(other[e.Key])).Select(e => e.Key).ShouldBeEmpty($"{owner}: other places to fill in in {language}");
            }
        }
    }

    [Fact]
    public void Every_key_that_the_code_names_exists()
    {
        var named = Directory.EnumerateFiles(Path.Combine(OurCode.Source, "Tally"), "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"))
            .SelectMany(f => NamedKey().Matches(File.ReadAllText(f)).Select(m => (File: f, Key: m.Groups["key"].Value)))
            .ToList();
        named.Count.ShouldBeGreaterThan(30);
        named.Where(n => Words.In("en").Find(n.Key) is null).Select(n => $"{Path.GetFileName(n.File)}: {n.Key}").ShouldBeEmpty();
    }

    private static Dictionary<string, string> Read(System.Resources.ResourceManager resources, string language) =>
        resources.GetResourceSet(CultureInfo.GetCultureInfo(language), createIfNotExists: true, tryParents: false)?
            .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal) ?? [];

    private static string Places(string text) => string.Join(',', Place().Matches(text).Select(m => m.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    // Words["a.b"], W["a.b", x] and Flash.Say(http, "a.b"): whole keys in quotes; keys that are put together are held by the pages' own tests.
    [GeneratedRegex("""(?:[wW]ords\[|\bW\[|Flash\.Say\(\w+, )"(?<key>[a-z]+\.[A-Za-z0-9_.]*[A-Za-z0-9_])"[\],)]""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedKey();
}
