using System.Globalization;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>
/// The text of a VietQR code: EMVCo's merchant-presented QR code with NAPAS's account information (field 38), a transfer to an account (<c>QRIBFTTA</c>). Each field is two digits of
/// id, two digits of length, and the value.
/// </summary>
internal static class VietQr
{
    /// <summary>EMVCo's limit for a field of the additional data (62).</summary>
    public const int LongestMemo = 25;

    private const string NapasId = "A000000727", TransferToAccount = "QRIBFTTA", Dong = "704";

    /// <param name="bin">The bank's six digits at NAPAS.</param>
    /// <param name="account">The account's number, 1 to 19 letters and digits.</param>
    /// <param name="amount">Whole đồng, 1 or more; null leaves it to the one who pays, and the code may be used again.</param>
    /// <param name="memo">1 to 25 plain letters and digits.</param>
    public static string Payload(string bin, string account, long? amount, string memo)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memo.Length, LongestMemo, nameof(memo));
        var beneficiary = Field("00", bin) + Field("01", account);
        var text = Field("00", "01")
            + Field("01", amount is null ? "11" : "12")
            + Field("38", Field("00", NapasId) + Field("01", beneficiary) + Field("02", TransferToAccount))
            + Field("53", Dong)
            + (amount is { } dong ? Field("54", dong.ToString(CultureInfo.InvariantCulture)) : "")
            + Field("58", "VN")
            + Field("62", Field("08", memo))
            + "6304";
        return text + Crc16.Of(text); // the check covers its own id and length
    }

    private static string Field(string id, string value) => string.Create(CultureInfo.InvariantCulture, $"{id}{value.Length:00}{value}");
}
