using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;

namespace Tally.Tests.Architecture;

/// <summary>Rules 3 and 4: which folder of the executable may know which. A folder is the first part of a namespace below <c>root</c>.</summary>
internal static class FolderRules
{
    /// <summary>The folders through which people and programs reach the use cases. All others below the root are features.</summary>
    private static readonly string[] Faces = ["ApiV2", "Commands", "Demo", "Ui"];

    private static readonly string[] Databases = ["System.Data", "Dapper", "Npgsql", "Microsoft.Data.Sqlite"];

    /// <summary>Use cases know neither the API nor pages, commands or the demo. A feature's module may: it maps its own pages.</summary>
    public static Findings UseCasesKnowNoFace(ArchUnitNET.Domain.Architecture architecture, string root)
    {
        var useCases = TypesBelow(architecture, root)
            .Where(type => IsFeature(type, root) && !Namespaces.IsPages(Namespaces.Of(type)) && !type.Name.EndsWith("Module", StringComparison.Ordinal));
        return Forbid(useCases, target =>
            Namespaces.Folder(Namespaces.Of(target), root) is { } folder && (Faces.Contains(folder, StringComparer.Ordinal) || Namespaces.IsPages(Namespaces.Of(target))));
    }

    /// <summary>The API and the pages do not touch a database themselves; to tell a client that the store does not answer, they may catch its exception.</summary>
    public static Findings FacesTouchNoDatabase(ArchUnitNET.Domain.Architecture architecture, string root)
    {
        var faces = TypesBelow(architecture, root)
            .Where(type => Namespaces.IsPages(Namespaces.Of(type)) || Namespaces.Folder(Namespaces.Of(type), root) is "ApiV2" or "Ui");
        return Forbid(faces, target =>
            Databases.Any(database => Namespaces.IsWithin(Namespaces.Of(target), database)) && !target.Name.EndsWith("Exception", StringComparison.Ordinal));
    }

    /// <summary>No feature folder depends, through others or at once, on one that depends on it.</summary>
    public static Findings FeaturesFormNoCycle(ArchUnitNET.Domain.Architecture architecture, string root)
    {
        var features = TypesBelow(architecture, root).Where(type => IsFeature(type, root)).ToList();
        var edges = Dependencies(features)
            .Select(dependency => (From: dependency.Origin, To: dependency.Target))
            .Where(edge => IsFeature(edge.To, root) && FolderOf(edge.From, root) != FolderOf(edge.To, root))
            .GroupBy(edge => (From: FolderOf(edge.From, root), To: FolderOf(edge.To, root)))
            .ToDictionary(group => group.Key, group => $"{group.First().From.FullName} uses {group.First().To.FullName}");

        var violations = edges
            .Where(edge => Reaches(edges.Keys, edge.Key.To, edge.Key.From))
            .Select(edge => $"{edge.Key.From} → {edge.Key.To} is part of a cycle: {edge.Value}.")
            .ToList();
        return new Findings(features.Count, violations);
    }

    private static Findings Forbid(IEnumerable<IType> origins, Func<IType, bool> isForbidden)
    {
        var examined = origins.ToList();
        var violations = Dependencies(examined)
            .Where(dependency => isForbidden(dependency.Target))
            .Select(dependency => $"{dependency.Origin.FullName} depends on {dependency.Target.FullName}.")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return new Findings(examined.Count, violations);
    }

    private static bool Reaches(IReadOnlyCollection<(string From, string To)> edges, string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var next = new Queue<string>(seen);
        while (next.TryDequeue(out var folder))
        {
            if (folder == to)
                return true;
            foreach (var edge in edges.Where(edge => edge.From == folder && seen.Add(edge.To)))
                next.Enqueue(edge.To);
        }

        return false;
    }

    // The loader attributes a generic parameter to any method that has one of the same name; the types that it stands for count by themselves.
    private static IEnumerable<ITypeDependency> Dependencies(IEnumerable<IType> types) =>
        types.SelectMany(type => type.Dependencies).Where(dependency => dependency.Target is not GenericParameter);

    private static IEnumerable<IType> TypesBelow(ArchUnitNET.Domain.Architecture architecture, string root) =>
        architecture.Types.Where(type => Namespaces.Folder(Namespaces.Of(type), root) is not null);

    private static bool IsFeature(IType type, string root) =>
        Namespaces.Folder(Namespaces.Of(type), root) is { } folder && !Faces.Contains(folder, StringComparer.Ordinal);

    private static string FolderOf(IType type, string root) => Namespaces.Folder(Namespaces.Of(type), root)!;
}
