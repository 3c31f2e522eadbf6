using System.Globalization;
using Tally.Ledger;

namespace Tally.Billing.Gateways;

/// <summary>The kinds of values that gateways' settings have: each reads what an operator typed, or says what is wrong with it.</summary>
internal static class SettingText
{
    public static GatewaySetting Digits(string name, string what, int least, int most) => new(name, what, value =>
        Plain(value) is var text && text.Length >= least && text.Length <= most && text.All(char.IsAsciiDigit)
            ? text : throw Wrong(name, least == most ? $"{least} digits" : $"{least} to {most} digits"));

    public static GatewaySetting Alphanumeric(string name, string what, int least, int most) => new(name, what, value =>
        Plain(value).ToUpperInvariant() is var text && text.Length >= least && text.Length <= most && text.All(char.IsAsciiLetterOrDigit)
            ? text : throw Wrong(name, $"{least} to {most} letters and digits"));

    public static GatewaySetting Letters(string name, string what, int least, int most) => new(name, what, value =>
        value.Trim().ToUpperInvariant() is var text && text.Length >= least && text.Length <= most && text.All(char.IsAsciiLetterUpper)
            ? text : throw Wrong(name, $"{least} to {most} letters without accents"));

    public static GatewaySetting Line(string name, string what, int most) => new(name, what, value =>
        value.Trim() is { Length: > 0 } text && text.Length <= most && !text.Any(char.IsControl) ? text : throw Wrong(name, $"one line of 1 to {most} characters"));

    /// <summary>More than 0, in the panel's currency.</summary>
    public static GatewaySetting Amount(string name, string what) => new(name, what, value =>
        Money.TryParse(value.Trim(), out var amount) && amount > Money.Zero ? amount.ToString() : throw Wrong(name, "an amount above 0: digits, a point, at most 5 decimals"));

    public static GatewaySetting OnOff(string name, string what) => new(name, what, value => value is "on" or "off" ? value : throw Wrong(name, "on or off"));

    /// <summary>A secret; <paramref name="start"/> is how every such secret begins, empty = anyhow.</summary>
    public static GatewaySetting Secret(string name, string what, params string[] start) => new(
        name,
        what,
        value => value.Trim() is { Length: >= 16 and <= 500 } text && text.All(c => c is > ' ' and <= '~') && (start.Length == 0 || start.Any(s => text.StartsWith(s, StringComparison.Ordinal)))
            ? text
            : throw Wrong(name, "16 to 500 letters, digits and signs without spaces" + (start.Length == 0 ? "" : ", beginning with " + string.Join(" or ", start))),
        Secret: true);

    /// <summary>A stored amount; null when it is not set.</summary>
    public static Money? ReadAmount(string? stored) => stored is null ? null : Money.Parse(stored);

    private static string Plain(string value) => string.Concat(value.Where(c => c is not (' ' or '-' or '.')));

    private static InvalidInputException Wrong(string name, string expected) => new(string.Create(CultureInfo.InvariantCulture, $"{name}: {expected}"));
}
