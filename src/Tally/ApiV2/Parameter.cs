using System.Text;

namespace Tally.ApiV2;

/// <summary>The parameters that API v2 knows (api-v2.md sections 3 and 4). Every other name is ignored.</summary>
internal enum Parameter
{
    Key,
    Action,
    Order,
    Orders,
    Refill,
    Refills,
    Service,
    Link,
    Quantity,
    Runs,
    Interval,
    Reference,
    Comments,
    Usernames,
    Username,
    Hashtags,
    Hashtag,
    Keywords,
    Groups,
    Media,
    AnswerNumber,
    Country,
    Device,
    TypeOfTraffic,
    GoogleKeyword,
    ReferringUrl,
    Min,
    Max,
    Posts,
    OldPosts,
    Delay,
    Expiry,
}

/// <summary>The names of <see cref="Parameter"/> on the wire, compared byte by byte: case counts, and nothing is trimmed.</summary>
internal static class ParameterNames
{
    // A parameter's first name is the one that details use; those after it are aliases.
    private static readonly (string Name, Parameter Parameter)[] Table =
    [
        ("key", Parameter.Key), ("api_token", Parameter.Key),
        ("action", Parameter.Action),
        ("order", Parameter.Order), ("orders", Parameter.Orders),
        ("refill", Parameter.Refill), ("refills", Parameter.Refills),
        ("service", Parameter.Service), ("link", Parameter.Link), ("quantity", Parameter.Quantity),
        ("runs", Parameter.Runs), ("interval", Parameter.Interval),
        ("order_reference", Parameter.Reference), ("request_id", Parameter.Reference),
        ("comments", Parameter.Comments), ("usernames", Parameter.Usernames), ("username", Parameter.Username),
        ("hashtags", Parameter.Hashtags), ("hashtag", Parameter.Hashtag), ("keywords", Parameter.Keywords), ("groups", Parameter.Groups),
        ("media", Parameter.Media), ("answer_number", Parameter.AnswerNumber),
        ("country", Parameter.Country), ("device", Parameter.Device), ("type_of_traffic", Parameter.TypeOfTraffic),
        ("google_keyword", Parameter.GoogleKeyword), ("referring_url", Parameter.ReferringUrl),
        ("min", Parameter.Min), ("max", Parameter.Max), ("posts", Parameter.Posts), ("old_posts", Parameter.OldPosts),
        ("delay", Parameter.Delay), ("expiry", Parameter.Expiry),
    ];

    private static readonly string[] Names = [.. Table.GroupBy(t => t.Parameter).OrderBy(g => g.Key).Select(g => g.First().Name)];

    private static readonly (byte[] Name, Parameter Parameter)[][] ByLength =
        [.. Enumerable.Range(0, Table.Max(t => t.Name.Length) + 1)
            .Select(length => Table.Where(t => t.Name.Length == length).Select(t => (Encoding.ASCII.GetBytes(t.Name), t.Parameter)).ToArray())];

    /// <summary>How many parameters there are.</summary>
    public static int Count => Names.Length;

    /// <summary>Bytes of the longest name.</summary>
    public static int Longest => ByLength.Length - 1;

    /// <summary>All names, aliases too.</summary>
    public static IEnumerable<string> All => Table.Select(t => t.Name);

    /// <summary>The name that the documentation uses.</summary>
    public static string Name(this Parameter parameter) => Names[(int)parameter];

    /// <summary>Whether the value is a list with one item a line; a JSON array of such a parameter is joined by line feeds, of any other by commas.</summary>
    public static bool HasLines(this Parameter parameter) =>
        parameter is Parameter.Comments or Parameter.Usernames or Parameter.Hashtags or Parameter.Groups or Parameter.Keywords;

    public static bool TryFind(ReadOnlySpan<byte> name, out Parameter parameter)
    {
        if (name.Length < ByLength.Length)
        {
            foreach (var (known, candidate) in ByLength[name.Length])
            {
                if (name.SequenceEqual(known))
                {
                    parameter = candidate;
                    return true;
                }
            }
        }

        parameter = default;
        return false;
    }

    public static bool TryFind(ReadOnlySpan<char> name, out Parameter parameter)
    {
        Span<byte> ascii = stackalloc byte[16];
        if (name.Length <= ascii.Length && Ascii.FromUtf16(name, ascii, out var length) == System.Buffers.OperationStatus.Done)
        {
            return TryFind(ascii[..length], out parameter);
        }

        parameter = default;
        return false;
    }
}
