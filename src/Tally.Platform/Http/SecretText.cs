using System.Buffers;
using System.Text.RegularExpressions;

namespace Tally.Platform.Http;

/// <summary>
/// Takes secrets out of text that people will read. It rather takes too much than too little. Time is linear in the text (no backtracking), and text
/// without a telling word is returned as it is. The patterns take a while to be made, so each is made when a text first needs it.
/// </summary>
internal static class SecretText
{
    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Name = @"(\b|%[0-9A-F]{2}|\\u[0-9A-F]{4})([\w-]*[_-])?(api|access|auth|refresh|bot|client)?(key|token|secret|password|passwd|pwd)";

    // What a text must contain for each of the patterns to find anything in it.
    private static readonly SearchValues<string> s_names = SearchValues.Create(["key", "token", "secret", "passw", "pwd"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> s_bareWords = SearchValues.Create(["bearer", "apikey", "/bot"], StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A value in quotes ends at its quote, also when the text was itself escaped as JSON; a bare one ends where a form, header or sentence would.
    /// </summary>
    private static readonly Lazy<Regex> s_named = new(() => new Regex(
        $"""(?<keep>{Name}(\\u0022|\\?["'])?\s*[:=]\s*\[?\s*(\\u0022|\\["']))[^"'\\\r\n]*"""
        + $"""|(?<keep>{Name}["']?\s*[:=]\s*\[?\s*")([^"\\\r\n]|\\.)*"""
        + $"""|(?<keep>{Name}["']?\s*[:=]\s*\[?\s*')([^'\\\r\n]|\\.)*"""
        + $"""|(?<keep>{Name}["']?(%3D|\s*[:=]\s*))[^\s&"'<>;,\\)\]{'}'}#]+""",
        Options));

    private static readonly Lazy<Regex> s_authorization = new(() => new Regex(
        """(?<keep>\bauthorization(\\u0022|\\?["'])?\s*[:=]\s*\[?\s*(\\u0022|\\?["'])?)((bearer|basic|digest|token|apikey)\s+)?[^\s"',;\]}\\]+""", Options));

    private static readonly Lazy<Regex> s_bare = new(() => new Regex(
        """(?<keep>\b(bearer|apikey)\s+)[A-Z0-9._~+/=*-]{6,}|(?<keep>://)[^/\s"'?#@<>]+(?<tail>@)|(?<keep>/bot)\d+:[\w-]+""", Options));

    public static string Redact(string text)
    {
        if (text.Contains("authorization", StringComparison.OrdinalIgnoreCase))
        {
            text = s_authorization.Value.Replace(text, "${keep}***");
        }

        if (text.AsSpan().ContainsAny(s_names))
        {
            text = s_named.Value.Replace(text, "${keep}***");
        }

        return text.AsSpan().ContainsAny(s_bareWords) || HasUserInfo(text) ? s_bare.Value.Replace(text, "${keep}***${tail}") : text;
    }

    /// <summary>Whether there may be an address with a name or password in it. Most have none, and are in every log.</summary>
    private static bool HasUserInfo(ReadOnlySpan<char> text) => text.IndexOf("://") is >= 0 and var at && text[at..].Contains('@');
}
