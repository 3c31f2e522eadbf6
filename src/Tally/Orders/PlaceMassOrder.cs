using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tally.Catalog;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>How a line of a mass order ended.</summary>
public abstract record MassOutcome
{
    private MassOutcome()
    {
    }

    /// <summary>It is stored and charged, now or by an earlier sending of the same form.</summary>
    public sealed record Placed(long Order) : MassOutcome;

    /// <summary>Nothing was stored and nothing was taken for it.</summary>
    public sealed record Refused(Refusal Refusal, Service? Service) : MassOutcome;

    /// <summary>It is not <c>service|link|quantity</c>.</summary>
    public sealed record Unreadable : MassOutcome;

    /// <summary>The service asks for more than a link and a quantity; it can be ordered by itself only.</summary>
    public sealed record AsksForMore(Service Service) : MassOutcome;
}

/// <summary>A line of a mass order and how it ended.</summary>
/// <param name="Number">Which line of the text, from 1; empty lines count.</param>
/// <param name="Text">The line, trimmed.</param>
public sealed record MassLine(int Number, string Text, MassOutcome Outcome);

/// <summary>Places many orders out of a text, one <c>service|link|quantity</c> a line; each is placed or refused by itself, in the order of the lines.</summary>
public sealed class PlaceMassOrder(PlaceOrder place, Catalog.Catalog catalog)
{
    /// <summary>How many lines a text may have, empty ones aside.</summary>
    public const int MostLines = 500;

    /// <summary>Places the lines' orders. Sent again with the same reference, a line answers its first order, also after a lost answer; the same line twice in a text is two orders.</summary>
    /// <param name="accountId">Who pays.</param>
    /// <param name="text">At most <see cref="MostLines"/> lines that are not empty.</param>
    /// <param name="reference">The form's own reference, at most 60 characters.</param>
    /// <exception cref="InvalidInputException">There are too many lines: nothing was placed.</exception>
    public async Task<IReadOnlyList<MassLine>> RunAsync(long accountId, string text, string reference, CancellationToken ct)
    {
        var lines = Lines(text);
        if (lines.Count > MostLines)
        {
            throw new InvalidInputException($"A mass order has at most {MostLines} lines.");
        }

        // All at once, so that the intake takes them together; it keeps the order in which they come, so that it is the last lines that find no money.
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var outcomes = lines.ConvertAll(line =>
        {
            var times = seen[line.Text] = seen.GetValueOrDefault(line.Text) + 1;
            return PlaceAsync(accountId, line.Text, Reference(reference, line.Text, times), ct);
        });
        var ended = await Task.WhenAll(outcomes);
        return [.. lines.Zip(ended, (line, outcome) => new MassLine(line.Number, line.Text, outcome))];
    }

    /// <summary>The lines that say something, with their numbers.</summary>
    internal static List<(int Number, string Text)> Lines(string text) =>
        [.. text.ReplaceLineEndings("\n").Split('\n').Select((line, at) => (Number: at + 1, Text: line.Trim())).Where(l => l.Text.Length > 0)];

    /// <summary>Reads <c>service|link|quantity</c>; the link may hold bars itself, and a package needs no quantity: <c>service|link</c>.</summary>
    internal static bool TryRead(string line, out string service, out string link, out string quantity)
    {
        (service, link, quantity) = ("", "", "");
        var first = line.IndexOf('|', StringComparison.Ordinal);
        if (first < 0)
        {
            return false;
        }

        var last = line.LastIndexOf('|');
        service = line[..first].Trim();
        link = (last == first ? line[(first + 1)..] : line[(first + 1)..last]).Trim();
        quantity = last == first ? "" : line[(last + 1)..].Trim();
        return service.Length > 0 && link.Length > 0;
    }

    /// <summary>The same for the same line of the same form, and for no other: form, content, and how often the content stood there before.</summary>
    internal static string Reference(string form, string line, int times) => string.Create(
        CultureInfo.InvariantCulture, $"{form}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)).AsSpan(0, 12))}-{times}");

    private async Task<MassOutcome> PlaceAsync(long accountId, string line, string reference, CancellationToken ct)
    {
        if (!TryRead(line, out var service, out var link, out var quantity))
        {
            return new MassOutcome.Unreadable();
        }

        var sold = OrderTerms.TryReadNumber(service, out var id) ? catalog.Current.ById.GetValueOrDefault(id) : null;
        if (sold is { Sold: true } && (!sold.Rules.NeedsLink || Array.Exists(sold.Rules.Own, p => p.Required)))
        {
            return new MassOutcome.AsksForMore(sold);
        }

        var parameters = new OrderParameters { Service = service, Link = link, Quantity = quantity, Reference = reference, Own = _ => null };
        try
        {
            return await place.RunAsync(accountId, parameters, ct) switch
            {
                PlaceOrderOutcome.Placed(var order, _) => new MassOutcome.Placed(order),
                PlaceOrderOutcome.Refused(var refusal) => new MassOutcome.Refused(refusal, sold),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (StoreUnavailableException)
        {
            // The other lines may stand already: this one says for itself that it can be sent again, which its reference makes safe.
            return new MassOutcome.Refused(Refusal.Unavailable, sold);
        }
    }
}
