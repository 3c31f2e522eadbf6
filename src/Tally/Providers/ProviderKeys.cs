using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Tally.Operations;

namespace Tally.Providers;

/// <summary>Encrypts our keys at providers for the store, and decrypts them.</summary>
public sealed class ProviderKeys(KeyRing ring, IKeyManager manager, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Tally.Providers.Key");

    /// <summary>Opens the key ring; to be awaited before <see cref="Encrypt"/> and <see cref="Decrypt"/>.</summary>
    public Task OpenAsync(CancellationToken ct) => ring.OpenAsync(manager, ct);

    public string Encrypt(string key) => _protector.Protect(key);

    /// <summary>The key; null when it was encrypted with a ring that is not this store's, or is damaged. That is a state of the provider, not an error of the panel.</summary>
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
