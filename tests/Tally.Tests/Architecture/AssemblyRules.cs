using System.Reflection;

namespace Tally.Tests.Architecture;

/// <summary>Rule 1: what an assembly may refer to, read from its compiled references.</summary>
internal static class AssemblyRules
{
    /// <summary>Prefixes of the base class library, ADO.NET's abstractions among it.</summary>
    public static IReadOnlyList<string> BaseClassLibrary { get; } = ["System", "netstandard", "mscorlib", "Microsoft.Win32", "Microsoft.CSharp"];

    /// <summary>The drivers, Dapper, and the hosting that background loops need.</summary>
    public static IReadOnlyList<string> Drivers { get; } =
        [.. BaseClassLibrary, "Npgsql", "Microsoft.Data.Sqlite", "SQLitePCLRaw", "Dapper", "Microsoft.Extensions", "Microsoft.AspNetCore"];

    public static Findings RefersOnlyTo(Assembly assembly, IReadOnlyList<string> allowed)
    {
        var references = assembly.GetReferencedAssemblies().Select(reference => reference.Name ?? "").ToList();
        var violations = references
            .Where(reference => !allowed.Any(prefix => Namespaces.IsWithin(reference, prefix)))
            .Select(reference => $"{assembly.GetName().Name} refers to {reference}.")
            .ToList();
        return new Findings(references.Count, violations);
    }
}
