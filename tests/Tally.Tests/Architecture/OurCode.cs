using ArchUnitNET.Loader;
using Tally.Testing;
using Assembly = System.Reflection.Assembly;

namespace Tally.Tests.Architecture;

/// <summary>The code that the rules are for: our assemblies, and the tree that they are built from.</summary>
internal static class OurCode
{
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded = new(() =>
        new ArchLoader().LoadAssemblies(Contract, Ledger, Platform, Executable).Build());

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> LoadedTests = new(() =>
        new ArchLoader().LoadAssemblies(typeof(OurCode).Assembly).Build());

    public static Assembly Contract { get; } = Assembly.Load("Tally.Contract");

    public static Assembly Ledger { get; } = Assembly.Load("Tally.Ledger");

    public static Assembly Platform { get; } = Assembly.Load("Tally.Platform");

    public static Assembly Executable { get; } = Assembly.Load("tally");

    /// <summary>All types of ours and what they depend on, read from the compiled code.</summary>
    public static ArchUnitNET.Domain.Architecture Architecture => Loaded.Value;

    /// <summary>The same of this test assembly, for the violations planted in it.</summary>
    public static ArchUnitNET.Domain.Architecture Planted => LoadedTests.Value;

    /// <summary>The folder of <c>Tally.slnx</c>.</summary>
    public static string Root => Tree.Root;

    public static string Source => Path.Combine(Root, "src");

    /// <summary>Whether a type with this root of its namespace exists, as the runtime sees it: the rules' own loader must then find it too.</summary>
    public static bool Exists(string ns) => new[] { Contract, Ledger, Platform, Executable }
        .SelectMany(assembly => assembly.GetTypes())
        .Any(type => Namespaces.IsWithin(type.Namespace ?? "", ns));
}
