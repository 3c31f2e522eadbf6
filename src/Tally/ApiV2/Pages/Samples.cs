using System.Collections.Frozen;
using System.Reflection;

namespace Tally.ApiV2.Pages;

/// <summary>A language in which the documentation shows how to order.</summary>
/// <param name="Slug">In addresses.</param>
/// <param name="Name">As its people write it.</param>
/// <param name="File">The sample, below Samples/.</param>
/// <param name="Remark">What begins a remark.</param>
public sealed record SampleLanguage(string Slug, string Name, string File, string Remark);

/// <summary>Small whole programs that place an order safely and ask how it stands; tests run those whose language is on the machine.</summary>
public static class Samples
{
    /// <summary>The address that stands in the files, and in docs/api-v2.md.</summary>
    public const string Address = "https://panel.example/api/v2";

    public static IReadOnlyList<SampleLanguage> Languages { get; } =
    [
        new("curl", "curl", "order.sh", "#"),
        new("php", "PHP", "order.php", "//"),
        new("python", "Python", "order.py", "#"),
        new("node", "Node.js", "order.mjs", "//"),
        new("csharp", "C#", "order-cs.txt", "//"),
        new("go", "Go", "order.go", "//"),
    ];

    // After the languages: static members are made in their order.
    private static readonly FrozenDictionary<string, string> Files = Languages.ToFrozenDictionary(l => l.Slug, Read, StringComparer.Ordinal);

    /// <summary>The language of that name; the first when there is none.</summary>
    public static SampleLanguage LanguageOf(string? slug) => Languages.FirstOrDefault(l => l.Slug == slug) ?? Languages[0];

    /// <summary>The program, for a panel at an address.</summary>
    public static string Text(SampleLanguage language, string address) => Files[language.Slug].Replace(Address, address, StringComparison.Ordinal);

    private static string Read(SampleLanguage language)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("samples/" + language.File)
            ?? throw new InvalidOperationException($"The sample '{language.File}' is missing."));
        return reader.ReadToEnd().TrimEnd();
    }
}
