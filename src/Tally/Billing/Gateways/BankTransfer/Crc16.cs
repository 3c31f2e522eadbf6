using System.Globalization;
using System.Text;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected, nothing inverted (ISO/IEC 13239, as EMVCo's QR code specification asks for).</summary>
internal static class Crc16
{
    /// <summary>Four hexadecimal digits in capitals.</summary>
    public static string Of(string text)
    {
        var crc = 0xFFFF;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            crc ^= octet << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = ((crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xFFFF;
            }
        }

        return crc.ToString("X4", CultureInfo.InvariantCulture);
    }
}
