using Dapper;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>
/// At every start: encrypts the keys that still stand in the clear (from before they were encrypted, or put there by hand), and pauses each provider whose key cannot be
/// decrypted, with words that say what to do.
/// </summary>
public sealed class SecureProviderKeys(Database database, ProviderKeys keys, ProviderBook book, ILogger<SecureProviderKeys> logger)
{
    public async Task RunAsync(CancellationToken ct)
    {
        await keys.OpenAsync(ct);
        await EncryptAsync(ct);
        await book.RefreshAsync(ct);
        foreach (var provider in book.Current.Values.Where(p => p.PauseKind == PauseKind.KeyUnreadable))
        {
            // One that can be read again, because the ring came back, goes on.
            await (provider.Key.Length > 0
                ? book.PauseAsync(provider.Id, null, ct)
                : book.PauseForAsync(provider, PauseKind.KeyUnreadable, provider.PauseReason!, ct));
        }
    }

    private async Task EncryptAsync(CancellationToken ct)
    {
        await using (var connection = await database.OpenReadAsync(ct))
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM providers WHERE key_encrypted = 0", cancellationToken: ct)) == 0)
            {
                return;
            }
        }

        var encrypted = await database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, ProviderBook.TopicName);
                if (tx.Kind == DatabaseKind.Sqlite)
                {
                    // What the clear key leaves free in the file is overwritten.
                    await tx.Connection.ExecuteAsync("PRAGMA secure_delete = ON", null, tx.Transaction);
                }

                var clear = (await tx.Connection.QueryAsync<(long Id, string Key)>("SELECT id, api_key FROM providers WHERE key_encrypted = 0", null, tx.Transaction)).ToList();
                foreach (var (id, key) in clear)
                {
                    await tx.Connection.ExecuteAsync(
                        "UPDATE providers SET api_key = @stored, key_encrypted = 1, version = @version WHERE id = @id", new { id, stored = keys.Encrypt(key), version }, tx.Transaction);
                }

                return clear.Count;
            },
            ct);
        logger.LogInformation("Encrypted {Count} providers' keys that stood in the clear", encrypted);
    }
}
