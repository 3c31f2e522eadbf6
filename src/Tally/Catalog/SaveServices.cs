using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>Writes services, new ones and changed ones, just as they are given.</summary>
public sealed class SaveServices(Database database, WriteCatalogue write, TimeProvider time) : IDisposable
{
    private readonly IdAllocator _ids = new(database, time, "service");

    /// <summary>Ids for new services: none that a service has already, since an import from a file keeps the ids of the file.</summary>
    public async Task<long[]> NewIdsAsync(int count, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var taken = (await connection.QueryAsync<long>(new CommandDefinition("SELECT id FROM services", cancellationToken: ct))).ToHashSet();
        var ids = new List<long>(count);
        while (ids.Count < count)
        {
            ids.AddRange((await _ids.TakeAsync(count - ids.Count, ct)).Where(id => !taken.Contains(id)));
        }

        return [.. ids];
    }

    /// <summary>Writes all of them or none, whatever stands there now.</summary>
    /// <exception cref="InvalidInputException">A service's own figures contradict each other, or another one is bound to the same service of its provider.</exception>
    public Task RunAsync(IReadOnlyList<Service> services, CancellationToken ct) => write.RunAsync(
        state =>
        {
            var edits = services.Select(s => new ServiceEdit(state.ById.GetValueOrDefault(s.Id), s)).Where(e => e.Before != e.After).ToList();
            return Task.FromResult(edits.Count == 0 ? null : new CatalogChange(edits));
        },
        ct);

    public void Dispose() => _ids.Dispose();
}
