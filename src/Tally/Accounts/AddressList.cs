namespace Tally.Accounts;

public sealed class AddressList
{
    public bool Allows(System.Net.IPAddress address) => throw new NotSupportedException();
}
