using CsCheck;
using Shouldly;
using Tally.ApiV2.Pages;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

public sealed class HighlightTests
{
    [Fact]
    public void Whatever_is_coloured_stays_letter_for_letter()
    {
        var texts = Gen.String[Gen.Char["{}[]:,\"'`\\#/ \n\t-+.0123456789abctruefalsenull_Đ👍"], 0, 200];
        texts.Sample(text =>
        {
            Text(Highlight.Json(text)).ShouldBe(text);
            Text(Highlight.Parameters(text)).ShouldBe(text);
            Text(Highlight.Code(text, "#")).ShouldBe(text);
            Text(Highlight.Code(text, "//")).ShouldBe(text);
        });
    }

    [Fact]
    public void Json_is_coloured_by_what_it_is() =>
        Highlight.Json("""{"a\"b" : ["x:", -1.5e3, true, null]}""").Where(p => p.Class is not null).Select(p => (p.Class, p.Text)).ShouldBe(
        [
            ("c-key", "\"a\\\"b\""), ("c-text", "\"x:\""), ("c-figure", "-1.5e3"), ("c-word", "true"), ("c-word", "null"),
        ]);

    [Fact]
    public void Parameters_are_names_and_values() =>
        Highlight.Parameters("action=add\nlink=https://a.example/?b=c").Select(p => (p.Class, p.Text)).ShouldBe(
        [
            ("c-key", "action"), (null, "="), ("c-text", "add"), (null, "\n"), ("c-key", "link"), (null, "="), ("c-text", "https://a.example/?b=c"),
        ]);

    [Fact]
    public void An_address_in_a_program_is_no_remark() =>
        Highlight.Code("u = 'https://a.example' // b", "//").Where(p => p.Class is not null).Select(p => (p.Class, p.Text)).ShouldBe([("c-text", "'https://a.example'"), ("c-remark", "// b")]);

    [Fact]
    public void Laid_out_json_has_one_value_a_line_and_the_same_letters() =>
        JsonLines.Of("""[{"a":"x, {👍}\"","b":[],"c":{}},{"d":[1,true]}]""").ShouldBe(
            """
            [
              {
                "a": "x, {👍}\"",
                "b": [],
                "c": {}
              },
              {
                "d": [
                  1,
                  true
                ]
              }
            ]
            """.ReplaceLineEndings("\n"));

    private static string Text(IEnumerable<CodePiece> pieces) => string.Concat(pieces.Select(p => p.Text));
}
