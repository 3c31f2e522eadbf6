using System.Net;

namespace Tally.Accounts;

/// <summary>How saving an address list ended.</summary>
public abstract record SaveAddressesOutcome
{
    private SaveAddressesOutcome()
    {
    }

    public sealed record Saved(AddressList List) : SaveAddressesOutcome;

    /// <summary>Entries are wrong; nothing was changed.</summary>
    public sealed record Wrong(IReadOnlyList<AddressListError> Errors) : SaveAddressesOutcome;

    /// <summary>The list does not hold the address that it is saved from, and it was not said that this is meant; nothing was changed.</summary>
    public sealed record LocksOut(AddressList List) : SaveAddressesOutcome;
}

/// <summary>Saves from where a customer's keys may be used.</summary>
public sealed class SaveAddresses(AccountBook book)
{
    /// <param name="from">The customer's own address.</param>
    /// <param name="evenSo">Whether a list without it is meant.</param>
    public async Task<SaveAddressesOutcome> RunAsync(long accountId, string? text, IPAddress from, bool evenSo, CancellationToken ct)
    {
        var outcome = Judge(text, from, evenSo);
        if (outcome is SaveAddressesOutcome.Saved(var list))
        {
            await book.SetAddressesAsync(accountId, list, ct);
        }

        return outcome;
    }

    /// <summary>What is to become of the list.</summary>
    public static SaveAddressesOutcome Judge(string? text, IPAddress from, bool evenSo) => AddressList.Parse(text) switch
    {
        AddressListOutcome.Wrong(var errors) => new SaveAddressesOutcome.Wrong(errors),
        AddressListOutcome.Parsed(var list) when !evenSo && !list.Allows(from) => new SaveAddressesOutcome.LocksOut(list),
        AddressListOutcome.Parsed(var list) => new SaveAddressesOutcome.Saved(list),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
