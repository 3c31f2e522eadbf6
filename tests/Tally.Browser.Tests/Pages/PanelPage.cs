namespace Tally.Browser.Tests.Pages;

/// <summary>A page of the panel and how it is reached.</summary>
/// <param name="Name">As it stands in the names of tests and screenshots.</param>
/// <param name="Route">The route that it is mapped to; empty when it is no route's own.</param>
/// <param name="SignedIn">Whether one comes as a customer.</param>
/// <param name="Status">What it is answered with.</param>
/// <param name="Path">Its address on the panel that is swept; the route itself when null.</param>
/// <param name="Before">What the visitor has to do first, should the page send them elsewhere.</param>
public sealed record PanelPage(string Name, string Route, bool SignedIn, int Status = 200, Func<SweptPanel, string>? Path = null, Func<BrowserVisitor, Task>? Before = null)
{
    public string On(SweptPanel panel) => Path?.Invoke(panel) ?? Route;
}
