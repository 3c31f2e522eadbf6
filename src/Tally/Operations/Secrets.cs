using System.Text.RegularExpressions;
using Tally.Platform.Http;

namespace Tally.Operations;

/// <summary>Keeps secrets out of whatever people read: logs, traces, error pages.</summary>
public static class Secrets
{
    /// <summary>Our own keys have a prefix so that they can be found anywhere (api-v2.md section 6).</summary>
    private static readonly Regex s_ourKey = new(@"tly_[\w-]+", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly string[] s_endings = ["apikey", "token", "secret", "password", "passwd", "authorization", "querystring", "connectionstring"];

    /// <summary>
    /// The text without our API keys, and without what <see cref="OutboundGuard.Redact"/> finds. The same string if there is nothing to hide.
    /// </summary>
    public static string Redact(string text)
    {
        text = OutboundGuard.Redact(text);
        return text.Contains("tly_", StringComparison.OrdinalIgnoreCase) ? s_ourKey.Replace(text, "tly_***") : text;
    }

    /// <summary>Whether a value with this name is a secret as a whole, such as <c>apiKey</c>, <c>api_token</c>, <c>Authorization</c>.</summary>
    public static bool IsSecretName(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return plain.Equals("key", StringComparison.OrdinalIgnoreCase) || s_endings.Any(ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
