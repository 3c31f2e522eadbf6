using CsCheck;
using Shouldly;
using Tally.Billing.Gateways.BankTransfer;
using Xunit;

namespace Tally.Tests.Billing.Gateways;

public sealed class TransferMemoTests
{
    private static readonly Gen<long> Account = Gen.Long[1, int.MaxValue];

    // What banks and people put around a memo: words, references, times, signs. None of it ends in the prefix.
    private static readonly Gen<string> Noise = Words(
        "", "MBVCB.5012345678.123456.", "CHUYEN TIEN ", "thanh toan don hang 99 ", "CT DEN:", "IBFT ", "FT24330123456 ", "nạp tiền 500000 ", "QR - ", "-Ma GD 123ABC/", "T/C ", " 14:02:37 ");

    private static readonly Gen<string> After = Words("", " ", ".CT tu 0123456789 NGUYEN VAN A", "-FT24330123456", "FT243301", " 123456789", ";", " chuyen khoan", "GD 771");

    [Fact]
    public void A_memo_is_prefix_account_and_two_check_digits()
    {
        TransferMemo.Write("NAP", 12).ShouldBe("NAP1262");
        TransferMemo.Write("NAP", int.MaxValue).Length.ShouldBeLessThanOrEqualTo(15);
        (1262 % 97).ShouldBe(1); // as ISO 7064 says of every whole number with its check
    }

    [Fact]
    public void What_is_written_is_found_within_noise_whatever_banks_do_to_it() =>
        Gen.Select(Account, Noise, After, Gen.Int[0, 3]).Sample((account, before, after, way) =>
        {
            var memo = TransferMemo.Write("NAP", account);
            memo = way switch { 0 => memo, 1 => memo.ToLowerInvariant(), 2 => memo.Insert(3, " "), _ => memo.Insert(3, "-") };
            TransferMemo.Find("NAP", before + memo + after).ShouldBe([account]);
        });

    [Fact]
    public void The_texts_of_strangers_name_nobody() =>
        Gen.Select(Noise, After, Gen.String[Gen.Char["ABCDEFGHIJKLMOQRSTUVWXYZ0123456789 .-"], 0, 80]).Sample((before, after, text) =>
            TransferMemo.Find("NAP", before + text + after, text).ShouldBeEmpty());

    [Fact]
    public void A_digit_mistyped_or_two_digits_swapped_name_nobody() =>
        Gen.Select(Account, Gen.Int[0, 11], Gen.Int[1, 9]).Sample((account, at, by) =>
        {
            var digits = TransferMemo.Write("", account).ToCharArray();
            at %= digits.Length;
            var wrong = (char[])digits.Clone();
            wrong[at] = (char)('0' + ((digits[at] - '0' + by) % 10));
            TransferMemo.Find("NAP", "NAP" + new string(wrong)).ShouldBeEmpty();

            var swapped = (char[])digits.Clone();
            if (at + 1 < digits.Length && digits[at] != digits[at + 1])
            {
                (swapped[at], swapped[at + 1]) = (swapped[at + 1], swapped[at]);
                TransferMemo.Find("NAP", "NAP" + new string(swapped)).ShouldBeEmpty();
            }
        });

    [Fact]
    public void A_round_amount_behind_the_prefix_names_nobody() =>
        Gen.Long[1, 9_999_999].Sample(thousands => TransferMemo.Find("NAP", $"nap {thousands}00", $"NAP{thousands}000").ShouldBeEmpty());

    [Fact]
    public void Two_accounts_in_one_transfer_are_both_found_and_one_named_twice_is_found_once()
    {
        TransferMemo.Find("NAP", TransferMemo.Write("NAP", 5), "x " + TransferMemo.Write("NAP", 77)).ShouldBe([5, 77]);
        TransferMemo.Find("NAP", TransferMemo.Write("NAP", 5) + " " + TransferMemo.Write("NAP", 5), null).ShouldBe([5]);
    }

    [Theory]
    [InlineData("NAP")]
    [InlineData("NAP    1262")]
    [InlineData("NAP01262")]
    [InlineData("NAP12621261")]
    [InlineData("NAP99999999999999999999999999")]
    [InlineData("NAP-")]
    public void What_is_no_whole_memo_names_nobody(string text) => TransferMemo.Find("NAP", text).ShouldBeEmpty();

    private static Gen<string> Words(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);
}
