using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Tally.Catalog;

namespace Tally.ApiV2;

/// <summary>The list of services in one encoding, ready to be sent.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="Encoding">The value of <c>Content-Encoding</c>; null for none.</param>
/// <param name="ETag">A strong tag: the hash of these very bytes, so that each encoding has its own (RFC 9110, section 8.8.3).</param>
internal sealed record ServicesBody(ReadOnlyMemory<byte> Bytes, string? Encoding, string ETag)
{
    public static ServicesBody Of(byte[] bytes, string? encoding) =>
        new(bytes, encoding, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
}

/// <summary>The answer to <c>services</c> for one version of the catalogue and one customer's prices; the compressed forms are made when the first client asks for them.</summary>
internal sealed class ServicesEdition
{
    private readonly Lazy<ServicesBody> _gzip, _brotli;

    /// <param name="catalog">The services.</param>
    /// <param name="own">The customer's own prices; null = the price list.</param>
    public ServicesEdition(CatalogSnapshot catalog, OwnPrices? own = null)
    {
        Version = catalog.Version;
        var plain = ServicesJson.Write(catalog.Services, own);
        Plain = ServicesBody.Of(plain, null);
        _gzip = new(() => Compress(plain, "gzip", s => new GZipStream(s, CompressionLevel.Optimal)));
        _brotli = new(() => Compress(plain, "br", s => new BrotliStream(s, CompressionLevel.Optimal)));
    }

    public long Version { get; }

    public ServicesBody Plain { get; }

    /// <summary>The best form that the client takes: brotli, gzip, or neither.</summary>
    public ServicesBody For(IList<StringWithQualityHeaderValue> accepted) =>
        Takes(accepted, "br") ? _brotli.Value : Takes(accepted, "gzip") ? _gzip.Value : Plain;

    // What is named counts before the star, and a quality of 0 is a no (RFC 9110, section 12.5.3).
    private static bool Takes(IList<StringWithQualityHeaderValue> accepted, string encoding)
    {
        var word = accepted.FirstOrDefault(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(a => a.Value.Equals("*", StringComparison.Ordinal));
        return word is not null && word.Quality is null or > 0;
    }

    private ServicesBody Compress(byte[] plain, string encoding, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed))
        {
            stream.Write(plain);
        }

        // A handful of services may not be worth it.
        var bytes = packed.ToArray();
        return bytes.Length < plain.Length ? ServicesBody.Of(bytes, encoding) : Plain;
    }
}

/// <summary>
/// Keeps the list of services as ready bytes: built once for each version of the catalogue, however many clients ask at that moment. Customers without own prices share one edition; of the
/// others, those who asked last have theirs kept.
/// </summary>
internal sealed class ServicesAnswer(Catalog.Catalog catalog, CustomerPrices prices)
{
    /// <summary>How many editions with own prices are kept.</summary>
    public const int MostOwn = 32;

    private readonly Lock _building = new();
    private readonly Dictionary<OwnPrices, (ServicesEdition Edition, long Asked)> _own = [];
    private volatile ServicesEdition? _edition;
    private long _asked;

    public void Answer(HttpRequest request, long accountId, Response response)
    {
        var accepted = request.Headers.AcceptEncoding.Count == 0 ? [] : request.GetTypedHeaders().AcceptEncoding;
        var body = EditionOf(accountId).For(accepted);
        response.Services(body, IsKnown(request, body.ETag));
    }

    /// <summary>The whole list as an account sees it, not compressed.</summary>
    public ReadOnlyMemory<byte> Plain(long accountId) => EditionOf(accountId).Plain.Bytes;

    /// <summary>The newest edition with a customer's own prices.</summary>
    internal ServicesEdition Newest(OwnPrices own)
    {
        var snapshot = catalog.Current;
        lock (_building)
        {
            var edition = _own.TryGetValue(own, out var kept) && kept.Edition.Version >= snapshot.Version ? kept.Edition : null;
            if (edition is null && _own.Count >= MostOwn && !_own.ContainsKey(own))
            {
                _own.Remove(_own.MinBy(o => o.Value.Asked).Key);
            }

            edition ??= new ServicesEdition(snapshot, own);
            _own[own] = (edition, ++_asked);
            return edition;
        }
    }

    private ServicesEdition EditionOf(long accountId) => prices.Find(accountId) is { } own ? Newest(own) : Newest();

    private ServicesEdition Newest()
    {
        var snapshot = catalog.Current;
        if (_edition is { } edition && edition.Version >= snapshot.Version)
        {
            return edition;
        }

        lock (_building)
        {
            // Another request may have built it meanwhile, or even the version after it.
            return _edition is { } built && built.Version >= snapshot.Version ? built : _edition = new ServicesEdition(snapshot);
        }
    }

    // A proxy that compresses on its way weakens tags, so the comparison is the weak one (RFC 9110, section 13.1.2).
    private static bool IsKnown(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.Count > 0
        && request.GetTypedHeaders().IfNoneMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Tag.Equals(tag, StringComparison.Ordinal));
}
