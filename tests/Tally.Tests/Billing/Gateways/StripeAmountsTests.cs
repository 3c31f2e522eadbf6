using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.StripeCheckout;
using Tally.Ledger;
using Xunit;

namespace Tally.Tests.Billing.Gateways;

public sealed class StripeAmountsTests
{
    [Theory]
    [InlineData("VND", "50000", 50_000)]
    [InlineData("JPY", "500", 500)]
    [InlineData("USD", "12.34", 1_234)]
    [InlineData("UGX", "5000", 500_000)]
    [InlineData("KWD", "1.23", 1_230)]
    public void Amounts_are_counted_in_the_currencys_smallest_unit(string currency, string amount, long minor)
    {
        StripeAmounts.ToMinor(Money.Parse(amount), currency).ShouldBe(minor);
        StripeAmounts.FromMinor(minor, currency).ShouldBe(Money.Parse(amount));
    }

    [Theory]
    [InlineData("VND", "50000.5")]
    [InlineData("USD", "0.001")]
    [InlineData("UGX", "5000.5")]
    [InlineData("KWD", "1.234")]
    public void What_has_more_decimals_than_the_currency_cannot_be_paid(string currency, string amount) => StripeAmounts.ToMinor(Money.Parse(amount), currency).ShouldBeNull();

    [Theory]
    [InlineData("VND", 50_000, null)]
    [InlineData("USD", 50_000, "panel's currency is VND")]
    [InlineData("VND", 49_999, "instead of 50000")]
    public void What_was_paid_must_be_what_was_asked_for(string currency, long minor, string? words)
    {
        var payment = new Payment(1, 1, Money.Parse("50000"), "stripe", PaymentState.Waiting, null, "", null, null, 0, null);
        var mismatch = ReceiveCardNews.Mismatch(payment, new CheckoutStep.Paid("pi", minor, currency), "VND");
        if (words is null)
        {
            mismatch.ShouldBeNull();
        }
        else
        {
            mismatch.ShouldNotBeNull().ShouldContain(words);
        }
    }
}
