using System.Buffers;
using System.Text.RegularExpressions;

namespace Tally.Platform.Http;

/// <summary>
/// Takes secrets out of text that people will read. It rather takes too much than too little. Time is linear in the text (no backtracking), and text
/// without a telling word is returned as it is.
/// </summary>
internal static class SecretText
{
    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Name = @"(\b|%[0-9A-F]{2}|\\u[0-9A-F]{4})([\w-]*[_-])?(api|access|auth|refresh|bot|client)?(key|token|secret|password|passwd|pwd)";

    private static readonly SearchValues<string> s_telling =
        SearchValues.Create(["key", "token", "secret", "passw", "pwd", "authorization", "bearer", "://", "/bot"], StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A value in quotes ends at its quote, also when the text was itself escaped as JSON; a bare one ends where a form, header or sentence would.
    /// </summary>
    private static readonly Regex s_named = new(
        $"""(?<keep>{Name}(\\u0022|\\?["'])?\s*[:=]\s*\[?\s*(\\u0022|\\["']))[^"'\\\r\n]*"""
        + $"""|(?<keep>{Name}["']?\s*[:=]\s*\[?\s*")([^"\\\r\n]|\\.)*"""
        + $"""|(?<keep>{Name}["']?\s*[:=]\s*\[?\s*')([^'\\\r\n]|\\.)*"""
        + $"""|(?<keep>{Name}["']?(%3D|\s*[:=]\s*))[^\s&"'<>;,\\)\]{'}'}#]+""",
        Options);

    private static readonly Regex s_authorization = new(
        """(?<keep>\bauthorization(\\u0022|\\?["'])?\s*[:=]\s*\[?\s*(\\u0022|\\?["'])?)((bearer|basic|digest|token|apikey)\s+)?[^\s"',;\]}\\]+""", Options);

    private static readonly Regex s_bare = new(
        """(?<keep>\b(bearer|apikey)\s+)[A-Z0-9._~+/=*-]{6,}|(?<keep>://)[^/\s"'?#@<>]+(?<tail>@)|(?<keep>/bot)\d+:[\w-]+""", Options);

    public static string Redact(string text)
    {
        if (!text.AsSpan().ContainsAny(s_telling)) return text;
        text = s_authorization.Replace(text, "${keep}***");
        text = s_named.Replace(text, "${keep}***");
        return s_bare.Replace(text, "${keep}***${tail}");
    }
}
