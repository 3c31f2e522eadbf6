using System.Reflection;

namespace Tally.Tests.Architecture;

/// <summary>Rule 7: the list that the analyzer bans by. It passes over a misspelt entry in silence, so a rule has to notice.</summary>
internal static class BannedSymbolRules
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every entry is a property, method or constructor that the framework has.</summary>
    public static Findings EveryEntryExists(IEnumerable<string> list)
    {
        var entries = list.Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => line.Split(';')[0]).ToList();
        return new Findings(entries.Count, [.. entries.Where(entry => !Exists(entry)).Select(entry => $"{entry} is banned but does not exist.")]);
    }

    /// <summary>Everything that the rule names is on the list.</summary>
    public static Findings EverythingIsBanned(IReadOnlyList<string> list, IReadOnlyList<string> symbols) =>
        new(symbols.Count, [.. symbols.Where(symbol => !list.Any(line => line.StartsWith($"{symbol};", StringComparison.Ordinal))).Select(symbol => $"{symbol} is not banned.")]);

    private static bool Exists(string entry)
    {
        var name = entry[2..].Split('(')[0];
        var typeName = name[..name.LastIndexOf('.')];
        var type = new[] { typeof(object).Assembly, typeof(HttpClient).Assembly }.Select(assembly => assembly.GetType(typeName)).FirstOrDefault(found => found is not null);
        return type is not null && Ids(type).Contains(entry, StringComparer.Ordinal);
    }

    /// <summary>The documentation ids of a type's own members, which is how the list names them.</summary>
    private static IEnumerable<string> Ids(Type type) =>
        type.GetProperties(Any).Select(property => $"P:{type.FullName}.{property.Name}")
            .Concat(type.GetMethods(Any).Select(method => $"M:{type.FullName}.{method.Name}{Parameters(method)}"))
            .Concat(type.GetConstructors(Any).Select(constructor => $"M:{type.FullName}.#ctor{Parameters(constructor)}"));

    private static string Parameters(MethodBase method) => method.GetParameters() is { Length: > 0 } parameters
        ? $"({string.Join(',', parameters.Select(parameter => parameter.ParameterType.FullName))})"
        : "";
}
