using Xunit;

namespace Tally.Browser.Tests.Pages;

/// <summary>Every page of the panel: what the sweeps run over. <see cref="PageCatalogueTests"/> sees that none is forgotten.</summary>
public static class PageCatalogue
{
    public static IReadOnlyList<PanelPage> All { get; } =
    [
        new("missing", "", SignedIn: false, Status: 404, Path: _ => "/nothing/here"),
        new("missing-signed-in", "", SignedIn: true, Status: 404, Path: _ => "/nothing/here"),
    ];

    /// <summary>Routes that are read but show no page, and what they are instead.</summary>
    public static IReadOnlyDictionary<string, string> NoPages { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The names, as the data of theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(page => page.Name)];

    public static PanelPage Find(string name) => All.Single(page => page.Name == name);
}
