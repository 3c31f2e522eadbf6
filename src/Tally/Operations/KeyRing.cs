using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Tally.Platform.Db;

namespace Tally.Operations;

/// <summary>
/// The key ring of DataProtection, in the table <c>data_protection_keys</c>: all nodes and commands on one store share it. It is opened once, before anything is encrypted or
/// decrypted; the first to open it makes its one key, and of several at once only one does.
/// </summary>
public sealed class KeyRing(Database database, TimeProvider time) : IXmlRepository, IDisposable
{
    /// <summary>A new key now and then would gain nothing: whoever reads the ring reads all of its keys.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly List<(string Id, string Xml)> _made = [];
    private IReadOnlyList<string> _keys = [];
    private bool _open;

    public IReadOnlyCollection<XElement> GetAllElements() => [.. Volatile.Read(ref _keys).Select(xml => XElement.Parse(xml))];

    /// <summary>Takes what <see cref="IKeyManager.CreateNewKey"/> makes; <see cref="OpenAsync"/> stores it.</summary>
    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_made)
        {
            _made.Add((friendlyName, element.ToString(SaveOptions.DisableFormatting)));
        }
    }

    /// <summary>Reads the ring, and makes its key when there is none. Does nothing when it is open.</summary>
    public async Task OpenAsync(IKeyManager manager, CancellationToken ct)
    {
        if (Volatile.Read(ref _open))
        {
            return;
        }

        await _opening.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
            if (_keys.Count == 0)
            {
                var now = time.GetUtcNow();
                manager.CreateNewKey(now, now + Lifetime);
                await StoreFirstAsync(now, ct);
                await ReadAsync(ct);
            }

            Volatile.Write(ref _open, true);
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose() => _opening.Dispose();

    private async Task StoreFirstAsync(DateTimeOffset now, CancellationToken ct)
    {
        List<(string Id, string Xml)> made;
        lock (_made)
        {
            made = [.. _made];
            _made.Clear();
        }

        await database.WriteAsync(
            async tx =>
            {
                // The counter's row lock makes several that start at once come one after the other; the later ones find the first one's key.
                await Changes.BumpAsync(tx, "key_ring");
                if (await tx.Connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM data_protection_keys", null, tx.Transaction, cancellationToken: ct)) > 0)
                {
                    return;
                }

                foreach (var (id, xml) in made)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        "INSERT INTO data_protection_keys (id, xml, created_at) VALUES (@id, @xml, @at)",
                        new { id, xml, at = now.ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct));
                }
            },
            ct);
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        Volatile.Write(ref _keys, [.. await connection.QueryAsync<string>(new CommandDefinition("SELECT xml FROM data_protection_keys ORDER BY created_at, id", cancellationToken: ct))]);
    }
}
