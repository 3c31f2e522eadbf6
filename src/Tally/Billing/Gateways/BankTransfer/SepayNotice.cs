using System.Globalization;
using System.Text.Json;

namespace Tally.Billing.Gateways.BankTransfer;

/// <summary>What SePay tells of a movement on a bank account, in the form of its webhooks.</summary>
/// <param name="Id">SePay's number of the movement, 1 or more: the same in each delivery of it.</param>
/// <param name="Incoming">False for money that left the account.</param>
/// <param name="Dong">Whole đồng, 0 or more.</param>
/// <param name="TransferredAt">As the bank says it, in Vietnam's time; free text.</param>
public sealed record SepayNotice(
    long Id, bool Incoming, long Dong, string AccountNumber, string? SubAccount, string Content, string? Code, string? Description, string? Reference, string Bank, string TransferredAt)
{
    /// <summary>Longer texts are cut: no bank carries as much.</summary>
    private const int LongestText = 1_000;

    /// <summary>Reads a body.</summary>
    /// <param name="problem">What is wrong with it, for SePay's log; null when it was read.</param>
    /// <returns>Null when it is malformed.</returns>
    public static SepayNotice? Read(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var body = document.RootElement;
            if (body.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("the body must be a JSON object");
            }

            problem = null;
            return new SepayNotice(
                Number(body, "id", least: 1), Direction(body), Number(body, "transferAmount", least: 0), Text(body, "accountNumber") ?? throw new FormatException("accountNumber is missing"),
                Text(body, "subAccount"), Text(body, "content") ?? "", Text(body, "code"), Text(body, "description"), Text(body, "referenceCode"), Text(body, "gateway") ?? "",
                Text(body, "transactionDate") ?? "");
        }
        catch (JsonException)
        {
            problem = "the body is not JSON";
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }

        return null;
    }

    private static bool Direction(JsonElement body) => Text(body, "transferType") switch
    {
        "in" => true,
        "out" => false,
        _ => throw new FormatException("transferType must be in or out"),
    };

    private static long Number(JsonElement body, string name, long least)
    {
        var number = body.TryGetProperty(name, out var value) ? value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number when value.TryGetDecimal(out var exact) && exact == decimal.Truncate(exact) && exact is >= 0 and <= long.MaxValue => (long)exact, // 50000.00
            JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var written) => written,
            _ => -1,
        } : -1;
        return number >= least ? number : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number, {least} or more"));
    }

    // Texts are a bank's: PostgreSQL keeps no NUL, and half a surrogate pair is no text.
    private static string? Text(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            var text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => value.GetRawText(),
                _ => throw new FormatException($"{name} must be a text"),
            };
            text = string.Concat(text.Where(c => !char.IsControl(c))).Trim();
            return text.Length > LongestText ? Whole(text[..LongestText]) : text;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{name} is no text in Unicode", e);
        }
    }

    private static string Whole(string text) => char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
}
