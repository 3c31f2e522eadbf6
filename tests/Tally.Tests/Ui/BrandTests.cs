using CsCheck;
using Shouldly;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

public sealed class BrandTests
{
    private static readonly Gen<Color> AnyColor = Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, (r, g, b) => new Color(r, g, b));

    [Fact]
    public void Text_in_the_operators_colour_can_be_read_in_light_and_in_dark_whatever_the_colour() => AnyColor.Sample(color =>
    {
        foreach (var (surfaces, towards) in ((IReadOnlyList<Color>, Color)[])[(Brand.LightSurfaces, Color.Black), (Brand.DarkSurfaces, Color.White)])
        {
            var text = Brand.Text(color, surfaces, towards);
            foreach (var surface in surfaces)
            {
                text.Contrast(surface).ShouldBeGreaterThanOrEqualTo(4.5, $"{color} as {text} on {surface}");
                text.Contrast(surface.Mixed(text, Brand.Tint)).ShouldBeGreaterThanOrEqualTo(4.5, $"{color} as {text} on a tint of itself on {surface}");
            }
        }
    });

    [Fact]
    public void What_stands_on_a_filled_area_can_be_read_and_the_area_is_nearly_the_colour() => AnyColor.Sample(color =>
    {
        var (fill, text) = Brand.Fill(color);
        text.Contrast(fill).ShouldBeGreaterThanOrEqualTo(4.5, $"{text} on {fill}");
        fill.Contrast(color).ShouldBeLessThan(1.25, $"{color} became {fill}");
    });

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#0000ff", "#ffffff", 8.59)]
    public void Contrast_is_that_of_WCAG(string one, string two, double ratio) => Color.Parse(one).Contrast(Color.Parse(two)).ShouldBe(ratio, 0.01);

    [Fact]
    public void A_colour_that_can_be_read_already_stays_as_it_is()
    {
        Brand.Text(Color.Parse("#003b73"), Brand.LightSurfaces, Color.Black).ShouldBe(Color.Parse("#003b73"));
        Brand.Text(Color.Parse("#c9e2fb"), Brand.DarkSurfaces, Color.White).ShouldBe(Color.Parse("#c9e2fb"));
        Brand.Css("#066fd1").ShouldContain("--brand:#066fd1;");
    }
}
