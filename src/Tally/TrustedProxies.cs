using System.Net;

namespace Tally;

/// <summary>
/// The proxies whose word about the caller's address counts: addresses and networks from the configuration key <c>Tally:TrustedProxies</c>, either one text
/// (entries parted by commas or lines) or a list. None by default.
/// </summary>
public sealed class TrustedProxies
{
    public const string ConfigurationKey = "Tally:TrustedProxies";

    private readonly AddressList _addresses;

    private TrustedProxies(AddressList addresses) => _addresses = addresses;

    public static TrustedProxies None { get; } = new(AddressList.Empty);

    /// <exception cref="FormatException">An entry is not an address or network: the server must not start with fewer proxies than it was told.</exception>
    public static TrustedProxies From(IConfiguration configuration)
    {
        var section = configuration.GetSection(ConfigurationKey);
        var texts = section.GetChildren().Select(static child => child.Value).Prepend(section.Value);
        return AddressList.Parse(string.Join('\n', texts)) switch
        {
            AddressListOutcome.Parsed { List: var list } => new TrustedProxies(list),
            AddressListOutcome.Wrong { Errors: var errors } =>
                throw new FormatException($"{ConfigurationKey}: {string.Join("; ", errors.Select(static e => $"'{e.Entry}': {e.Problem}"))}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public bool Trusts(IPAddress address) => _addresses.Contains(address);
}
