using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Tally.Tests.Architecture;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>docs/security.md names tests; those that it names are there.</summary>
public sealed partial class ThreatModelTests
{
    [Fact]
    public void Every_test_that_the_threat_model_names_exists()
    {
        var named = Named(File.ReadAllText(Path.Combine(OurCode.Root, "docs", "security.md")));
        named.Count.ShouldBeGreaterThan(50);
        Missing(named).ShouldBeEmpty();
    }

    [Fact]
    public void A_name_of_no_test_is_found() =>
        Missing(Named("`ThreatModelTests` `NoSuchTests` `ThreatModelTests.A_name_of_no…` `ThreatModelTests.Nothing_of_the_kind`")).ShouldBe(["NoSuchTests", "ThreatModelTests.Nothing_of_the_kind"]);

    private static List<string> Named(string text) => [.. Name().Matches(text).Select(m => m.Groups["name"].Value.TrimEnd('…')).Distinct()];

    private static List<string> Missing(IEnumerable<string> named)
    {
        var tests = typeof(ThreatModelTests).Assembly.GetTypes().Where(t => t.IsClass)
            .ToLookup(t => t.Name, t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.GetCustomAttributes<FactAttribute>().Any()).Select(m => m.Name).ToList());
        return [.. named.Where(n => n.Split('.') is var parts && !tests[parts[0]].Any(methods => methods.Exists(m => parts.Length == 1 || m.StartsWith(parts[1], StringComparison.Ordinal))))];
    }

    [GeneratedRegex("`(?<name>[A-Za-z0-9]+Tests(\\.[A-Za-z0-9_]+)?…?)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
