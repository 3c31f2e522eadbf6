using System.Globalization;

namespace Tally.Orders;

/// <summary>Which orders of an account are wanted. What is null or <see cref="OrderKind.Any"/> does not matter.</summary>
public sealed record OrderFilter
{
    public OrderKind Kind { get; init; }

    public OrderStatus? Status { get; init; }

    /// <summary>The one order with this id; nothing else matters then.</summary>
    public long? Id { get; init; }

    /// <summary>Those for exactly this link.</summary>
    public string? Link { get; init; }

    public long? Service { get; init; }

    /// <summary>Without the runs of drip-feeds and the orders of subscriptions; only for lists without service, link or kind.</summary>
    internal bool WithoutChildren { get; init; }

    /// <summary>Placed at this time (unix ms) or later.</summary>
    public long? FromMs { get; init; }

    /// <summary>Placed before this time (unix ms).</summary>
    public long? ToMs { get; init; }
}

/// <summary>Kinds of orders that have lists of their own.</summary>
public enum OrderKind
{
    /// <summary>All orders: plain ones, drip-feeds and their runs, subscriptions and their orders.</summary>
    Any,

    /// <summary>Drip-feeds, without their runs.</summary>
    Dripfeed,

    /// <summary>Subscriptions, without their orders.</summary>
    Subscription,
}

/// <summary>An order's place in the lists, which go by time and then by id, newest first: where a page ends and the next begins.</summary>
/// <param name="At">When it was placed, unix ms.</param>
public readonly record struct ListMark(long At, long Id) : IComparable<ListMark>
{
    /// <summary>As an address carries it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}-{Id}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static ListMark? Read(string? text) =>
        text?.Split('-') is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var order)
            ? new ListMark(time, order) : null;

    public int CompareTo(ListMark other) => (At, Id).CompareTo((other.At, other.Id));

    public static bool operator <(ListMark left, ListMark right) => left.CompareTo(right) < 0;

    public static bool operator >(ListMark left, ListMark right) => left.CompareTo(right) > 0;

    public static bool operator <=(ListMark left, ListMark right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ListMark left, ListMark right) => left.CompareTo(right) >= 0;
}

/// <summary>Which page of a list: what comes after a mark on the way to older or back to newer entries. Without a mark: the newest.</summary>
/// <param name="Mark">The entry beside the page, itself not on it.</param>
/// <param name="Newer">Whether the page lies towards the newer entries.</param>
public readonly record struct ListPlace(ListMark? Mark = null, bool Newer = false);

/// <summary>A page of a list, newest first.</summary>
/// <param name="HasNewer">Whether there are newer entries than these.</param>
/// <param name="HasOlder">Whether there are older ones.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Items, bool HasNewer, bool HasOlder)
{
    /// <summary>Makes a page of what was read in the direction of the place: one entry more than the page has shows that there are more.</summary>
    internal static ListPage<T> Of(List<T> read, ListPlace place, int size)
    {
        var more = read.Count > size;
        var items = more ? read[..size] : read;
        if (place.Newer)
        {
            items.Reverse();
            return new ListPage<T>(items, HasNewer: more, HasOlder: place.Mark is not null);
        }

        return new ListPage<T>(items, HasNewer: place.Mark is not null, HasOlder: more);
    }
}
