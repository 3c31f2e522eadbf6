using Shouldly;
using Tally.Catalog;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Catalog;

public sealed class ServiceChangesTests
{
    private static readonly Service Sold = Stock.Service(Stock.Offer());

    [Fact]
    public void Customers_are_told_of_what_is_sold_and_of_nothing_else()
    {
        Lines(null, Sold).ShouldBe(["New  15"]);
        Lines(null, Sold with { Enabled = false }).ShouldBeEmpty();
        Lines(Sold with { Enabled = false }, Sold with { Enabled = false, Rate = Money.Parse("99") }).ShouldBeEmpty();
        Lines(Sold, Sold).ShouldBeEmpty();
        Lines(Sold, Sold with { Description = "other", ProviderRate = Money.Parse("11") }).ShouldBeEmpty();
    }

    [Fact]
    public void Each_change_has_a_line_with_what_was_and_what_is()
    {
        Lines(Sold, Sold with { Rate = Money.Parse("16") }).ShouldBe(["PriceUp 15 16"]);
        Lines(Sold, Sold with { Rate = Money.Parse("14") }).ShouldBe(["PriceDown 15 14"]);
        Lines(Sold, Sold with { Max = 500 }).ShouldBe(["Limits 10–1000 10–500"]);
        Lines(Sold, Sold with { Name = "Views" }).ShouldBe(["Renamed Likes Views"]);
        var all = Sold with { Type = ServiceType.Package, Name = "Pack", Rate = Money.Parse("16"), Min = 1 };
        var lines = Lines(Sold, all);
        lines.ShouldBe(["TypeChanged Default Package", "PriceUp 15 16", "Limits 10–1000 1–1000", "Renamed Likes Pack"]);
    }

    [Fact]
    public void Off_and_on_are_said_whatever_the_cause()
    {
        foreach (var off in (Service[])[Sold with { Enabled = false }, Sold with { Vanished = true }, Sold with { ProviderRate = Money.Parse("16") }])
        {
            Lines(Sold, off).ShouldBe(["Off  "]);
            Lines(off, Sold).ShouldBe(["On  15"]);
        }
    }

    private static List<string> Lines(Service? before, Service after) => [.. ServiceChanges.Between(before, after).Select(c => $"{c.Kind} {c.Was} {c.Now}")];
}
