using System.Reflection;
using System.Text;
using Tally.Platform.Db;

namespace Tally.Tests.Platform.Db;

/// <summary>An assembly that holds nothing but the migrations a test writes: file name → text.</summary>
internal sealed class PlantedMigrations(params (string File, string Text)[] files) : Assembly
{
    /// <summary>A module of that name with these files.</summary>
    public static MigrationSource Module(string name, params (string File, string Text)[] files) => new(name, new PlantedMigrations(files));

    public override string[] GetManifestResourceNames() => [.. files.Select(f => f.File)];

    public override Stream? GetManifestResourceStream(string name) =>
        Array.Find(files, f => f.File == name) is { Text: { } text } ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : null;
}
