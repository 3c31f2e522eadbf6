using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Tally.Operations;

namespace Tally.Billing.Gateways;

/// <summary>Encrypts the gateways' keys for the store, and decrypts them, as is done with keys to providers.</summary>
public sealed class GatewaySecrets(KeyRing ring, IKeyManager manager, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Tally.Billing.Gateways");

    /// <summary>Opens the key ring; to be awaited before <see cref="Encrypt"/> and <see cref="Decrypt"/>.</summary>
    public Task OpenAsync(CancellationToken ct) => ring.OpenAsync(manager, ct);

    public string Encrypt(string secret) => _protector.Protect(secret);

    /// <summary>The secret; null when it was encrypted with a ring that is not this store's, or is damaged: the gateway then counts as not set up, and says so.</summary>
    public string? Decrypt(string stored)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
