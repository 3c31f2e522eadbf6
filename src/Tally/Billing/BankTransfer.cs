namespace Tally.Billing;

/// <summary>How an incoming bank transfer stands. The numbers are stored.</summary>
public enum BankTransferState
{
    /// <summary>Nobody knows yet whose it is: it waits for the operator.</summary>
    Unmatched = 0,

    /// <summary>On a customer's wallet.</summary>
    Credited = 1,

    /// <summary>The operator says that it is nobody's: given back, or no payment at all.</summary>
    Rejected = 2,
}

/// <summary>An incoming bank transfer, as the bank's notifier told of it.</summary>
/// <param name="Id">The notifier's number.</param>
/// <param name="ReceivedAt">When we were told, unix milliseconds.</param>
/// <param name="TransferredAt">When it happened, in the bank's words.</param>
/// <param name="Dong">Whole đồng.</param>
/// <param name="Why">Why it is unmatched (<c>memo</c>, <c>ambiguous</c>, <c>account</c>, <c>currency</c>, <c>amount</c>), or the operator's reason.</param>
public sealed record BankTransfer(
    long Id, long ReceivedAt, string TransferredAt, string Bank, string AccountNumber, string? SubAccount, string Content, string? Reference, long Dong, BankTransferState State, string? Why,
    long? AccountId, long? PaymentId);
