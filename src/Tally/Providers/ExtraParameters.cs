using System.Text.Json;
using Tally.Contract;

namespace Tally.Providers;

/// <summary>Parameters that a provider wants with every call, by name. Two are equal when their text is.</summary>
public sealed record ExtraParameters
{
    private const int MostPairs = 20, LongestName = 100, LongestValue = 1_000;

    private ExtraParameters(string json, IReadOnlyList<KeyValuePair<string, string>> pairs) => (Json, Pairs) = (json, pairs);

    public static ExtraParameters None { get; } = new("{}", []);

    /// <summary>A JSON object of strings, as it is stored.</summary>
    public string Json { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Pairs { get; }

    /// <summary>Reads what is stored; null is none.</summary>
    public static ExtraParameters Read(string? json) =>
        json is null ? None : new(json, [.. JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.OrderBy(p => p.Key, StringComparer.Ordinal)]);

    /// <summary>Reads <c>name=value</c> texts, as commands take them.</summary>
    /// <exception cref="InvalidInputException">One has no name, a name that the contract uses or that stands there twice, or is too long; or there are more than 20.</exception>
    public static ExtraParameters Parse(IReadOnlyCollection<string> texts)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            var name = at > 0 ? text[..at].Trim() : "";
            if (name.Length is 0 or > LongestName || text.Length - at - 1 > LongestValue)
            {
                throw new InvalidInputException($"An extra parameter looks like name=value, with a name of at most {LongestName} and a value of at most {LongestValue} characters.");
            }

            if (ContractParameters.Names.Contains(name))
            {
                throw new InvalidInputException($"'{name}' is a parameter of the API itself; an extra one must have another name.");
            }

            if (pairs.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidInputException($"The extra parameter '{name}' is there twice.");
            }

            pairs[name] = text[(at + 1)..];
        }

        return pairs.Count <= MostPairs
            ? pairs.Count == 0 ? None : new(JsonSerializer.Serialize(pairs), [.. pairs])
            : throw new InvalidInputException($"At most {MostPairs} extra parameters.");
    }

    public bool Equals(ExtraParameters? other) => other is not null && Json == other.Json;

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    /// <summary>The names alone: a value may be a secret.</summary>
    public override string ToString() => string.Join(", ", Pairs.Select(p => p.Key));
}
