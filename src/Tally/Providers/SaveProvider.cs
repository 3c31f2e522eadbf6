using Dapper;
using Tally.Operations;
using Tally.Platform.Db;

namespace Tally.Providers;

/// <summary>Adds providers and changes them; every node knows within a second.</summary>
public sealed class SaveProvider(Database database, ProviderBook book, ProviderKeys keys, Alerts alerts, TimeProvider time) : IDisposable
{
    private const int DefaultConcurrency = 16;
    private static readonly Uri s_nowhere = new("http://nowhere.invalid");
    private readonly IdAllocator _ids = new(database, time, "provider");

    /// <summary>Adds a provider.</summary>
    /// <param name="terms">What else is to be other than by default.</param>
    /// <exception cref="InvalidInputException">The name is taken (in any case), the address is no http(s) URL, or a value is outside its range.</exception>
    public async Task<Provider> AddAsync(string name, string url, string key, bool references, bool allowPrivate, CancellationToken ct, ProviderChange? terms = null)
    {
        var change = (terms ?? new ProviderChange()) with { Url = url, Key = key, References = references, AllowPrivate = allowPrivate };
        var added = change.Of(new Provider(0, Name(name), s_nowhere, "", references, allowPrivate, null, DefaultConcurrency));
        await book.RefreshAsync(ct);
        if (book.Current.Values.FirstOrDefault(p => string.Equals(p.Name, added.Name, StringComparison.OrdinalIgnoreCase)) is { Name: var taken })
        {
            throw new InvalidInputException($"There is a provider named '{taken}' already.");
        }

        var id = await _ids.TakeAsync(ct);
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    var version = await Changes.BumpAsync(tx, ProviderBook.TopicName);
                    await ProviderRow.InsertAsync(tx, added with { Id = id }, keys, time.GetUtcNow().ToUnixTimeMilliseconds(), version);
                },
                ct);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            throw new InvalidInputException($"There is a provider named '{added.Name}' already.");
        }

        await book.RefreshAsync(ct);
        return book.Current[id];
    }

    /// <summary>Changes a provider. A new key ends a pause that was about the key.</summary>
    /// <exception cref="InvalidInputException">A value is outside its range.</exception>
    public Task<Provider> ChangeAsync(long id, ProviderChange change, CancellationToken ct) =>
        ChangeAsync(id, change, before => change.Key is not null && before.PauseKind is PauseKind.KeyUnreadable or PauseKind.Access, ct);

    /// <summary>Gives a provider another address and key, and lets it work again, whatever it was paused for.</summary>
    public Task<Provider> MoveAsync(long id, Uri url, string key, CancellationToken ct) =>
        ChangeAsync(id, new ProviderChange { Url = url.AbsoluteUri, Key = key }, before => before.Paused, ct);

    public void Dispose() => _ids.Dispose();

    private async Task<Provider> ChangeAsync(long id, ProviderChange change, Func<Provider, bool> resume, CancellationToken ct)
    {
        await keys.OpenAsync(ct);
        await database.WriteAsync(
            async tx =>
            {
                // The counter's row lock makes changes come one after the other, so that none of them is lost.
                var version = await Changes.BumpAsync(tx, ProviderBook.TopicName);
                var before = await ProviderRow.ReadAsync(tx, id, keys);
                var after = change.Of(before);
                await ProviderRow.UpdateAsync(tx, after, change.Key is not null, keys, version);
                if (resume(before))
                {
                    await ProviderPauses.EndAsync(tx, alerts, before, version, ct);
                }

                if (after.ExchangeRate != before.ExchangeRate)
                {
                    // What its services cost is another amount now: its catalogue is due at once, or they might be sold at a loss until it is.
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        "INSERT INTO catalogues (provider_id, due_at) VALUES (@id, @now) ON CONFLICT (provider_id) DO UPDATE SET due_at = @now WHERE catalogues.due_at > @now",
                        new { id, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction, cancellationToken: ct));
                }

                if (after.LowBalance is null)
                {
                    await alerts.ClearAsync(tx, AlertKind.ProviderBalance, after.AlertSubject, ct);
                }
            },
            ct);
        await book.RefreshAsync(ct);
        return book.Current[id];
    }

    private static string Name(string name) => string.IsNullOrWhiteSpace(name) ? throw new InvalidInputException("A provider needs a name and a key.") : name;
}
