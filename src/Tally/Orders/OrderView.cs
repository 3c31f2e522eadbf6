using Tally.Ledger;

namespace Tally.Orders;

/// <summary>An order as its customer sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Charge">What it has cost after refunds.</param>
/// <param name="StartCount">What the target had when delivery began; 0 until then.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Remains">What is still to be delivered.</param>
/// <param name="Family">What a drip-feed parent or a subscription says besides; null for every other order.</param>
public sealed record OrderView(long Id, Money Charge, long StartCount, OrderStatus Status, long Remains, OrderFamily? Family = null);

/// <summary>The extra keys of a drip-feed parent (<paramref name="Runs"/>, <paramref name="IntervalMinutes"/>) or of a subscription (<paramref name="Posts"/>, <paramref name="Expiry"/>).</summary>
/// <param name="Runs">How many runs; null for a subscription.</param>
/// <param name="IntervalMinutes">Minutes between runs; null for a subscription.</param>
/// <param name="Posts">How many posts, 0 = unlimited; null for a drip-feed.</param>
/// <param name="Expiry">The last day, <c>d/m/Y</c>, empty for none; null for a drip-feed.</param>
/// <param name="Orders">The ids of the child orders, rising.</param>
public sealed record OrderFamily(int? Runs, int? IntervalMinutes, long? Posts, string? Expiry, IReadOnlyList<long> Orders);
