using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Tally.Ui;

/// <summary>
/// What the browser gets besides pages: the style sheet, modules, letters and icons that Ui/Assets/build.mjs embedded into this assembly, plain and precompressed. All of them are
/// below one address that names their common fingerprint, so that they may be kept for a year and refer to each other by relative addresses.
/// </summary>
public static class AssetFiles
{
    private const string ResourceStart = "assets/";
    private static readonly Assembly Own = typeof(AssetFiles).Assembly;
    private static readonly Lazy<(FrozenDictionary<string, Asset> Files, string Fingerprint)> Loaded = new(Load);

    /// <summary>The address of a file, such as <c>css/app.css</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public static string Url(string name) =>
        Loaded.Value.Files.ContainsKey(name) ? $"/assets/{Loaded.Value.Fingerprint}/{name}" : throw new KeyNotFoundException($"There is no asset '{name}'.");

    /// <summary>Serves the files.</summary>
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{fingerprint}/{**name}", Serve).ShortCircuit();
        routes.MapGet("/favicon.ico", static () => Results.Redirect(Url("favicon.svg"))).ShortCircuit();
    }

    private static IResult Serve(HttpContext http, string fingerprint, string name)
    {
        var (files, current) = Loaded.Value;
        if (!files.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        // During a rolling upgrade the other build's pages may ask here: they get our file, but nobody keeps it.
        var headers = http.Response.Headers;
        headers.CacheControl = fingerprint == current ? "public, max-age=31536000, immutable" : "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = HeaderNames.AcceptEncoding;
        var (bytes, encoding) = asset.For(http.Request.Headers.AcceptEncoding.ToString());
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        return Results.Bytes(bytes, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Tag}{encoding}\""));
    }

    private static (FrozenDictionary<string, Asset> Files, string Fingerprint) Load()
    {
        var all = Own.GetManifestResourceNames().Where(r => r.StartsWith(ResourceStart, StringComparison.Ordinal)).ToDictionary(r => r[ResourceStart.Length..], Read, StringComparer.Ordinal);
        var files = all
            .Where(f => !f.Key.EndsWith(".br", StringComparison.Ordinal) && !f.Key.EndsWith(".gz", StringComparison.Ordinal))
            .ToDictionary(f => f.Key, f => new Asset(Type(f.Key), f.Value, all.GetValueOrDefault(f.Key + ".br"), all.GetValueOrDefault(f.Key + ".gz"), Hash(f.Value)), StringComparer.Ordinal);
        var fingerprint = Hash([.. files.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => System.Text.Encoding.UTF8.GetBytes(f.Key + f.Value.Tag))]);
        return (files.ToFrozenDictionary(StringComparer.Ordinal), fingerprint);
    }

    private static byte[] Read(string resource)
    {
        using var stream = Own.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];

    private static string Type(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".png" => "image/png",
        var other => throw new InvalidOperationException($"'{name}': assets ending with {other} have no content type yet."),
    };

    private sealed record Asset(string ContentType, byte[] Plain, byte[]? Brotli, byte[]? Gzip, string Tag)
    {
        public (byte[] Bytes, string? Encoding) For(string accepted) =>
            Brotli is not null && accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? (Brotli, "br")
            : Gzip is not null && accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? (Gzip, "gzip")
            : (Plain, null);
    }
}
