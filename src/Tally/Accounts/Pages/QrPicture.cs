using System.Globalization;
using System.Text;
using QRCoder;

namespace Tally.Accounts.Pages;

/// <summary>A QR code as SVG: one path, no style, so that the content security policy lets it be; black on white in both themes, for cameras.</summary>
internal static class QrPicture
{
    public static string Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var size = code.ModuleMatrix.Count;
        var path = new StringBuilder();
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                if (code.ModuleMatrix[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true"><rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>""");
    }
}
