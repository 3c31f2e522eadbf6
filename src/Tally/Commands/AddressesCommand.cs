using System.CommandLine;
using Tally.Accounts;

namespace Tally.Commands;

/// <summary><c>addresses set</c>: from where an account may be used.</summary>
internal static class AddressesCommand
{
    public static Command Build()
    {
        var email = new Argument<string>("email") { Description = "The account's e-mail address" };
        var list = new Argument<string>("list") { Description = "IPv4, IPv6 or CIDR, separated by commas or lines; empty text allows all" };
        return new Command("addresses", "From where accounts may be used")
        {
            CommandScope.On("set", "Set an account's address list", [email, list], async (scope, parsed, ct) =>
            {
                var account = await scope.Get<AccountBook>().FindAsync(parsed.GetValue(email)!, ct);
                var addresses = AddressList.Parse(parsed.GetValue(list)!) switch
                {
                    AddressListOutcome.Parsed(var read) => read,
                    AddressListOutcome.Wrong(var errors) => throw new InvalidInputException(string.Join("; ", errors)),
                    _ => throw new InvalidOperationException("An outcome of no known kind."),
                };
                await scope.Get<AccountBook>().SetAddressesAsync(account.Id, addresses, ct);
                scope.Say(
                    new { account.Id, addresses = addresses.Entries.Select(e => e.ToString()) },
                    [addresses.Entries.Count == 0 ? $"{account.Email}: all addresses" : $"{account.Email}: {addresses.ToString().Replace("\n", ", ", StringComparison.Ordinal)}"]);
            }),
        };
    }
}
