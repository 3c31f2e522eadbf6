namespace Tally.Torture;

/// <summary>An order as the store has it.</summary>
internal sealed record StoredOrder
{
    public long Id { get; init; }

    public long Account { get; init; }

    public long Service { get; init; }

    public string Link { get; init; } = "";

    public long Quantity { get; init; }

    /// <summary>In units of 10^-5.</summary>
    public long Charge { get; init; }

    /// <summary>In units of 10^-5.</summary>
    public long Refunded { get; init; }

    public Orders.OrderStatus Status { get; init; }

    public Orders.SendState SendState { get; init; }

    public long? Provider { get; init; }

    public string? ProviderOrder { get; init; }

    /// <summary>When something is to be done with it by itself; null = nothing is.</summary>
    public long? DueAt { get; init; }
}

/// <summary>A wallet as the store has it, in units of 10^-5.</summary>
internal sealed record StoredWallet(long Account, long Balance, long CreditLimit);

/// <summary>What a store holds at one moment.</summary>
/// <param name="References">By account and reference: the order.</param>
/// <param name="Cancelling">The orders for which there is a request to cancel, open or ended.</param>
/// <param name="Refills">By its id: the refill's order.</param>
/// <param name="LedgerFault">What <c>ledger verify</c> found; null when everything holds.</param>
internal sealed record StoreContents(
    IReadOnlyList<StoredOrder> Orders,
    IReadOnlyDictionary<(long Account, string Reference), long> References,
    IReadOnlyList<StoredWallet> Wallets,
    IReadOnlySet<long> Cancelling,
    IReadOnlyDictionary<long, long> Refills,
    string? LedgerFault);
