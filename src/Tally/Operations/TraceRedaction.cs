using System.Diagnostics;
using OpenTelemetry;

namespace Tally.Operations;

/// <summary>
/// Takes query strings and secrets out of every span before it is exported. The instrumentations hide query values by themselves, but an environment variable
/// switches that off, and a customer's key may stand in the query (api-v2.md section 1).
/// </summary>
internal sealed class TraceRedaction : BaseProcessor<Activity>
{
    private static readonly string[] s_urlTags = ["url.full", "http.url", "url.path", "http.target"];

    public override void OnEnd(Activity data)
    {
        data.SetTag("url.query", null);
        foreach (var name in s_urlTags)
            if (data.GetTagItem(name) is string url && url.IndexOfAny(['?', '#']) is var end and >= 0) data.SetTag(name, url[..end]);

        List<(string Name, string Clean)>? changes = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
            if (tag.Value is string text && Secrets.Redact(text) is var clean && !ReferenceEquals(clean, text)) (changes ??= []).Add((tag.Key, clean));
        foreach (var (name, clean) in changes ?? []) data.SetTag(name, clean);

        if (data.StatusDescription is { } description) data.SetStatus(data.Status, Secrets.Redact(description));
        data.DisplayName = Secrets.Redact(data.DisplayName);
    }
}
