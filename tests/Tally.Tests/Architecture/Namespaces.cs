using ArchUnitNET.Domain;

namespace Tally.Tests.Architecture;

internal static class Namespaces
{
    /// <summary>The type's namespace; empty for a generic parameter, which has none.</summary>
    public static string Of(IType type) => type.Namespace?.FullName ?? "";

    /// <summary>True for the namespace itself and all below it.</summary>
    public static bool IsWithin(string ns, string root) => ns == root || ns.StartsWith($"{root}.", StringComparison.Ordinal);

    /// <summary>The folder of the executable that a namespace lies in: <c>Orders</c> for <c>Tally.Orders.Workers</c>; null for the root itself and for others.</summary>
    public static string? Folder(string ns, string root) =>
        ns.StartsWith($"{root}.", StringComparison.Ordinal) ? ns[(root.Length + 1)..].Split('.')[0] : null;

    public static bool IsPages(string ns) => ns.Split('.').Contains("Pages", StringComparer.Ordinal);
}
