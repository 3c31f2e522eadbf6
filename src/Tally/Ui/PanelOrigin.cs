using Tally.Settings;

namespace Tally.Ui;

/// <summary>The panel's scheme and host, for what a visitor takes along: examples, documents, where a payment returns to.</summary>
public static class PanelOrigin
{
    /// <summary>The setting <c>address</c>; as long as the operator has not set it, what the request calls the panel. A request may say anything.</summary>
    public static string Of(HttpContext http, PanelSettings panel) => panel.Address.Length > 0 ? panel.Address : $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}";
}
