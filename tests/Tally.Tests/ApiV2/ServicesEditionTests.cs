using System.IO.Compression;
using System.Text;
using Microsoft.Net.Http.Headers;
using Shouldly;
using Tally.ApiV2;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class ServicesEditionTests
{
    [Fact]
    public void An_empty_catalogue_is_an_empty_array_in_every_encoding()
    {
        var edition = new ServicesEdition(Catalogue());
        Encoding.UTF8.GetString(edition.Plain.Bytes.Span).ShouldBe("[]");
        edition.For(Accepting("br, gzip")).ShouldBeSameAs(edition.Plain);
    }

    [Fact]
    public void A_service_has_twelve_keys_in_their_order_and_a_disabled_one_is_absent()
    {
        var edition = new ServicesEdition(Catalogue(
            Service(1) with { Name = "Like 👍 Việt 🇻🇳 <b>", Description = "a\n\"b\"", Refill = true },
            Service(2) with { Enabled = false },
            Service(3) with { Type = ServiceType.CustomComments, Rate = new Money(27_819), Cancel = true, Dripfeed = true }));
        Encoding.UTF8.GetString(edition.Plain.Bytes.Span).ShouldBe(
            """[{"service":1,"name":"Like 👍 Việt 🇻🇳 <b>","desc":"a\n\"b\"","type":"Default","category":"FB","platform":"Facebook","rate":"15000","min":"200","max":"10000","refill":true,"cancel":false,"dripfeed":false},"""
            + """{"service":3,"name":"Service 3","desc":"","type":"Custom Comments","category":"FB","platform":"Facebook","rate":"0.27819","min":"200","max":"10000","refill":false,"cancel":true,"dripfeed":true}]""");
    }

    [Fact]
    public void A_list_of_many_pieces_is_one_array_with_every_service_in_its_order()
    {
        var services = Enumerable.Range(1, 3_000).Select(id => Service(id) with { Description = string.Concat(Enumerable.Repeat("Tăng theo dõi 👍 ", id % 40)) }).ToArray();
        using var list = System.Text.Json.JsonDocument.Parse(new ServicesEdition(Catalogue(services)).Plain.Bytes);
        list.RootElement.EnumerateArray().Select(s => (s.GetProperty("service").GetInt64(), s.GetProperty("desc").GetString())).ShouldBe(services.Select(s => (s.Id, (string?)s.Description)));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("GZIP;q=0.5", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*, br;q=0", "gzip")]
    [InlineData("*;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("deflate", null)]
    public void The_best_encoding_that_the_client_takes_is_chosen(string accepted, string? encoding) =>
        new ServicesEdition(Many()).For(Accepting(accepted)).Encoding.ShouldBe(encoding);

    [Fact]
    public void Every_encoding_holds_the_same_list_under_a_tag_of_its_own()
    {
        var edition = new ServicesEdition(Many());
        var (plain, gzip, brotli) = (edition.For([]), edition.For(Accepting("gzip")), edition.For(Accepting("br")));
        Unpacked(new GZipStream(new MemoryStream(gzip.Bytes.ToArray()), CompressionMode.Decompress)).ShouldBe(plain.Bytes.ToArray());
        Unpacked(new BrotliStream(new MemoryStream(brotli.Bytes.ToArray()), CompressionMode.Decompress)).ShouldBe(plain.Bytes.ToArray());
        new[] { plain.ETag, gzip.ETag, brotli.ETag }.Distinct().Count().ShouldBe(3);
        plain.ETag.ShouldMatch("^\"[0-9a-f]{32}\"$");
        edition.For(Accepting("br")).ShouldBeSameAs(brotli);
    }

    [Fact]
    public void The_tag_changes_only_with_the_list()
    {
        new ServicesEdition(Many()).Plain.ETag.ShouldBe(new ServicesEdition(Many() with { Version = 2 }).Plain.ETag);
        new ServicesEdition(Many()).Plain.ETag.ShouldNotBe(new ServicesEdition(Catalogue(Service(1))).Plain.ETag);
    }

    private static CatalogSnapshot Many() => Catalogue([.. Enumerable.Range(1, 100).Select(i => Service(i))]);

    private static CatalogSnapshot Catalogue(params Service[] services) => new(1, services, services.ToDictionary(s => s.Id));

    private static Service Service(long id) => new(
        id, $"Service {id}", "", ServiceType.Default, "FB", "Facebook", new Money(1_500_000_000), 200, 10_000, false, false, false, 30, true, false, false, OnRefusal.Hold, null, null, null, 1);

    private static IList<StringWithQualityHeaderValue> Accepting(string header) => StringWithQualityHeaderValue.ParseList([header]);

    private static byte[] Unpacked(Stream stream)
    {
        using var unpacked = new MemoryStream();
        stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
