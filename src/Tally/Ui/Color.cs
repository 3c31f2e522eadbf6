using System.Globalization;

namespace Tally.Ui;

/// <summary>A colour of the screen (sRGB), and how well it is read on another (WCAG 2.2, relative luminance and contrast ratio).</summary>
internal readonly record struct Color(byte R, byte G, byte B)
{
    public static Color White => new(255, 255, 255);

    public static Color Black => new(0, 0, 0);

    /// <summary>Reads <c>#rrggbb</c>.</summary>
    public static Color Parse(string hex) => new(Channel(hex, 1), Channel(hex, 3), Channel(hex, 5));

    /// <summary>This colour with so much of the other in it, 0 … 100 percent.</summary>
    public Color Mixed(Color other, int percent) => new(Mix(R, other.R, percent), Mix(G, other.G, percent), Mix(B, other.B, percent));

    /// <summary>From 1 (the same) to 21 (black on white).</summary>
    public double Contrast(Color other)
    {
        var (one, two) = (Luminance, other.Luminance);
        return (Math.Max(one, two) + 0.05) / (Math.Min(one, two) + 0.05);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{R:x2}{G:x2}{B:x2}");

    private double Luminance => (0.2126 * Linear(R)) + (0.7152 * Linear(G)) + (0.0722 * Linear(B));

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static byte Mix(byte one, byte two, int percent) => (byte)(((one * (100 - percent)) + (two * percent) + 50) / 100);

    private static byte Channel(string hex, int at) => byte.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
