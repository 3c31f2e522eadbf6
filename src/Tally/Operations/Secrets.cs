using System.Text.RegularExpressions;
using Tally.Platform.Http;

namespace Tally.Operations;

/// <summary>Keeps secrets out of whatever people read: logs, traces, error pages.</summary>
public static class Secrets
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Our own keys have a prefix so that they can be found anywhere (api-v2.md section 6).</summary>
    private static readonly Lazy<Regex> s_ourKey = new(() => new Regex(@"tly_[\w-]+", Options));

    /// <summary>Stripe's secret and restricted keys, and the secrets of its webhooks, have one too.</summary>
    private static readonly Lazy<Regex> s_stripeKey = new(() => new Regex(@"\b(?<start>sk_live|sk_test|rk_live|rk_test|whsec)_[\w*-]+", Options));

    private static readonly string[] s_endings = ["apikey", "token", "secret", "password", "passwd", "authorization", "querystring", "connectionstring"];

    /// <summary>
    /// The text without our API keys and Stripe's, and without what <see cref="OutboundGuard.Redact"/> finds. The same string if there is nothing to hide.
    /// </summary>
    public static string Redact(string text)
    {
        text = OutboundGuard.Redact(text);
        text = text.Contains("k_live_", StringComparison.OrdinalIgnoreCase) || text.Contains("k_test_", StringComparison.OrdinalIgnoreCase) || text.Contains("whsec_", StringComparison.OrdinalIgnoreCase)
            ? s_stripeKey.Value.Replace(text, "${start}_***") : text;
        return text.Contains("tly_", StringComparison.OrdinalIgnoreCase) ? s_ourKey.Value.Replace(text, "tly_***") : text;
    }

    /// <summary>Whether a value with this name is a secret as a whole, such as <c>apiKey</c>, <c>api_token</c>, <c>Authorization</c>.</summary>
    public static bool IsSecretName(string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return plain.Equals("key", StringComparison.OrdinalIgnoreCase) || s_endings.Any(ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
