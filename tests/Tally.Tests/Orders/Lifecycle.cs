using Tally.Orders;

namespace Tally.Tests.Orders;

/// <summary>The table of lifecycle.md section 1 (with sections 2, 3, 6 and 8), written down once more by hand: what may become what, and who says so.</summary>
internal static class Lifecycle
{
    public static readonly ChangedBy[] Everybody = [ChangedBy.Dispatcher, ChangedBy.Sync, ChangedBy.Operator, ChangedBy.Customer];

    private static readonly string[] Table =
    [
        "Pending     Processing  dispatcher sync operator",
        "Pending     InProgress  sync operator",
        "Pending     Completed   sync operator",
        "Pending     Partial     sync operator",
        "Pending     Canceled    sync operator customer dispatcher",
        "Processing  InProgress  sync operator",
        "Processing  Completed   sync operator",
        "Processing  Partial     sync operator",
        "Processing  Canceled    sync operator customer dispatcher",
        "InProgress  Completed   sync operator",
        "InProgress  Partial     sync operator",
        "InProgress  Canceled    sync operator",
        "Completed   InProgress  sync operator",
        "Completed   Partial     sync operator",
        "Completed   Canceled    sync operator",
        "Partial     Canceled    sync operator",
        "Active      Paused      sync operator",
        "Active      Completed   sync operator",
        "Active      Expired     sync operator",
        "Active      Canceled    sync operator customer dispatcher",
        "Paused      Active      sync operator",
        "Paused      Completed   sync operator",
        "Paused      Expired     sync operator",
        "Paused      Canceled    sync operator customer",
    ];

    private static readonly HashSet<(OrderStatus From, OrderStatus To, ChangedBy By)> Allowed = [.. Table.SelectMany(Read)];

    public static bool Allows(OrderStatus from, OrderStatus to, ChangedBy by) => Allowed.Contains((from, to, by));

    private static IEnumerable<(OrderStatus, OrderStatus, ChangedBy)> Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words[2..].Select(by => (Enum.Parse<OrderStatus>(words[0]), Enum.Parse<OrderStatus>(words[1]), Enum.Parse<ChangedBy>(by, ignoreCase: true)));
    }
}
