using System.Globalization;
using Shouldly;
using Tally.Ledger;
using Tally.Ui;
using Xunit;

namespace Tally.Tests.Ui;

/// <summary>Amounts, times and spans as a visitor reads them, in both languages.</summary>
public sealed class FormatsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 11, 4, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("en", "VND", 16_000_00000L, "16,000\u00a0₫")]
    [InlineData("vi", "VND", 16_000_00000L, "16.000\u00a0₫")]
    [InlineData("vi", "VND", 80000L, "0,8\u00a0₫")]
    [InlineData("en", "USD", 1_234_50000L, "$1,234.50")]
    [InlineData("en", "USD", -150L, "−$0.0015")]
    [InlineData("en", "SGD", 5_00000L, "5.00\u00a0SGD")]
    public void An_amount_has_all_its_decimals_and_its_sign(string language, string currency, long units, string expected) =>
        Of(language, currency).Amount(new Money(units)).ShouldBe(expected);

    [Theory]
    [InlineData(5_00000L, "+$5.00")]
    [InlineData(-5_00000L, "−$5.00")]
    [InlineData(0L, "$0.00")]
    public void A_change_says_its_direction(long units, string expected) => Of("en", "USD").Change(new Money(units)).ShouldBe(expected);

    [Theory]
    [InlineData("en", "00:00:40", "less than a minute")]
    [InlineData("en", "00:45:10", "45 min")]
    [InlineData("en", "03:20:00", "3 h 20 min")]
    [InlineData("en", "01:00:00", "1 h")]
    [InlineData("vi", "01:00:00", "1 giờ")]
    [InlineData("vi", "1.23:59:00", "47 giờ 59 phút")]
    [InlineData("en", "2.00:00:00", "2 days")]
    public void A_span_says_no_more_than_it_must(string language, string span, string expected) =>
        Of(language).Span(TimeSpan.Parse(span, CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Theory]
    [InlineData("en", "25 Nov 2026, 18:04", "25 Nov 2026")]
    [InlineData("vi", "25/11/2026 18:04", "25/11/2026")]
    public void A_time_is_the_visitors(string language, string time, string day)
    {
        var formats = Of(language);
        formats.Time(Now).ShouldBe(time);
        formats.Day(Now).ShouldBe(day);
        formats.Time(Now.ToUnixTimeMilliseconds()).ShouldBe(time);
    }

    [Theory]
    [InlineData("00:00:30", "just now")]
    [InlineData("00:05:00", "5 min ago")]
    [InlineData("23:59:00", "23 h ago")]
    [InlineData("6.23:00:00", "6 d ago")]
    [InlineData("7.00:00:00", "18 Nov 2026")]
    public void What_is_long_past_is_a_day(string past, string expected) => Of("en").Ago(Now - TimeSpan.Parse(past, CultureInfo.InvariantCulture)).ShouldBe(expected);

    [Theory]
    [InlineData("en", 999_00000L, "999")]
    [InlineData("en", 1_250_00000L, "1.2K")]
    [InlineData("vi", 2_000_000_00000L, "2tr")]
    public void An_axis_is_short(string language, long units, string expected) => Of(language).Short(new Money(units)).ShouldBe(expected);

    private static Formats Of(string language, string currency = "VND") => new(Words.In(language), currency, TimeZoneInfo.FindSystemTimeZoneById("Asia/Ho_Chi_Minh"), Now);
}
