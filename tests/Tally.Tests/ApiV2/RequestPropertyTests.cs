using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Tally.ApiV2;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class RequestPropertyTests
{
    private static readonly string[] Pieces =
    [
        "key", "api_token", "link", "comments", "orders", "order", "=", "&", "%", "%2", "%zz", "%00", "%FF", "+", ",", "{", "}", "[", "]", "\"", ":", "\\", "\\u0000", "\\ud800",
        "\\u0061", "null", "true", "1", "-1e9", " ", "\0", "\r\n", "--x", "--x--", "Content-Disposition: form-data; name=\"link\"", "name=", ";", "👍",
    ];

    private static readonly Gen<byte[]> AnyBytes = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.OneOf(Pieces).List[0, 25].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces))),
        Gen.Select(Gen.OneOf(Pieces).List[0, 15], Gen.Byte.Array[0, 4], Gen.OneOf(Pieces).List[0, 15],
            (before, noise, after) => (byte[])[.. Encoding.UTF8.GetBytes(string.Concat(before)), .. noise, .. Encoding.UTF8.GetBytes(string.Concat(after))]));

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string?> AnyType = Gen.OneOf<string?>(null, "", Requests.Form, Requests.Json, "text/plain", "a;b");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char["abc 123%+&=?#/\"\\'<>{}[],;:\r\n\t\u007f"], 1, 30],
        Gen.OneOf("👍", "Việt 🇻🇳", "日本語", "ё", "\u00ad", "\uffff").Array[1, 6].Select(string.Concat),
        Gen.Int[1, int.MaxValue].Select(n => n.ToString()));

    private static readonly Gen<Dictionary<string, string>> Sent =
        Gen.Select(Gen.Enum<Parameter>(), Text).List[0, 12].Select(
            pairs => pairs.GroupBy(p => p.Item1.Name()).ToDictionary(g => g.Key, g => g.First().Item2));

    [Fact]
    public void No_bytes_make_a_form_or_JSON_reader_throw() =>
        Gen.Select(AnyBytes, AnyType).Sample(
            (bytes, type) =>
            {
                Judge(parameters => RequestForm.Read(bytes, parameters));
                Judge(parameters => RequestJson.Read(bytes, parameters));
                Judge(parameters => RequestReader.ReadText(bytes, type, parameters));
                return true;
            },
            iter: 100_000);

    [Fact]
    public Task No_bytes_make_the_multipart_reader_throw() =>
        AnyBytes.SampleAsync(
            async bytes =>
            {
                byte[] framed = [.. "--x\r\nContent-Disposition: form-data; name=\"link\"\r\n\r\n"u8, .. bytes, .. "\r\n--x--\r\n"u8];
                var parameters = new RequestParameters();
                _ = await RequestMultipart.ReadAsync(new MemoryStream(bytes), "multipart/form-data; boundary=x", parameters);
                _ = await RequestMultipart.ReadAsync(new MemoryStream(framed), "multipart/form-data; boundary=x", new RequestParameters());
                return parameters[Parameter.Link]?.Contains('\0') is not true;
            },
            iter: 100_000);

    [Fact]
    public void No_text_makes_the_list_reader_throw_and_it_never_gives_more_than_a_hundred() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789, -"], 0, 600]).Sample(
            text => (RequestIds.Read(text, Parameter.Orders, out var ids) is null) == (ids.Count > 0 && text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Count() <= 100)
                && ids.Count <= 100 && ids.All(id => !id.IsId || id.Number is >= 1 and <= int.MaxValue),
            iter: 100_000);

    [Fact]
    public Task The_same_parameters_are_the_same_in_every_form() =>
        Gen.Select(Sent, Gen.Bool).SampleAsync(
            async (sent, plus) =>
            {
                var form = string.Join('&', sent.Select(p => p.Key + "=" + (plus ? Uri.EscapeDataString(p.Value).Replace("%20", "+") : Uri.EscapeDataString(p.Value))));
                var json = JsonSerializer.Serialize(sent, plus ? Relaxed : JsonSerializerOptions.Default);
                RequestParameters[] reads = [Requests.ReadForm(form), Requests.ReadJson(json), await Requests.ReadMultipartAsync(Requests.MultipartBody(sent))];
                return reads.All(read => read.Fault is null && read.KeyFault is null && read.Sent().OrderBy(p => p.Key).SequenceEqual(sent.OrderBy(p => p.Key)));
            },
            iter: 5_000);

    [Fact]
    public void A_JSON_array_of_ids_is_the_comma_list() =>
        Gen.Int[1, int.MaxValue].List[1, 100].Sample(
            ids => Requests.ReadJson($"{{\"orders\":{JsonSerializer.Serialize(ids)}}}")[Parameter.Orders] == string.Join(',', ids));

    [Fact]
    public void Any_text_is_written_as_JSON_that_reads_back() =>
        Gen.OneOf(Text, Gen.String).Sample(text =>
            JsonSerializer.Deserialize<string>(Requests.Written(json => json.Text(text))) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));

    // Whatever came in, what is known afterwards is text, and a refusal says what is wrong.
    private static void Judge(Func<RequestParameters, Refusal?> read)
    {
        var parameters = new RequestParameters();
        foreach (var refusal in new[] { read(parameters), parameters.Fault, parameters.KeyFault })
        {
            if (refusal is not null && (refusal.Code != "incorrect_request" || string.IsNullOrEmpty(refusal.Detail)))
            {
                throw new InvalidOperationException("A refusal without words: " + refusal);
            }
        }

        foreach (var (name, value) in parameters.Sent())
        {
            if (value.Contains('\0') || value.Any(char.IsSurrogate) && !value.EnumerateRunes().Aggregate("", (all, rune) => all + rune).Equals(value, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(name + " is not text");
            }
        }
    }
}
