using System.Globalization;

namespace Tally.Contract.Reading;

/// <summary>The ids that a call asked for, in any form in which the panel may give them back.</summary>
internal sealed class Asked
{
    private readonly Dictionary<string, List<string>> _sentAs = new(StringComparer.Ordinal);

    /// <param name="idName">What an id is called in an item: <c>order</c> or <c>refill</c>.</param>
    /// <param name="ids">The ids as they were sent, none twice.</param>
    public Asked(string idName, IReadOnlyList<string> ids)
    {
        IdName = idName;
        Ids = ids;
        foreach (var id in ids)
        {
            var bare = Bare(id);
            if (!_sentAs.TryGetValue(bare, out var sent))
            {
                _sentAs.Add(bare, sent = []);
            }

            sent.Add(id);
        }
    }

    public string IdName { get; }

    public IReadOnlyList<string> Ids { get; }

    /// <summary>The ids sent that mean the same as this one: <c>7</c> and <c>07</c> are one order (api-v2.md section 7). Empty for an id not asked for.</summary>
    public IReadOnlyList<string> SentAs(string? id) => id is not null && _sentAs.TryGetValue(Bare(id), out var sent) ? sent : [];

    private static string Bare(string id) =>
        long.TryParse(id, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : id.Trim();
}
