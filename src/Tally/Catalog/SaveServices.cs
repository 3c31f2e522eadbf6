using Dapper;
using Tally.Platform.Db;

namespace Tally.Catalog;

/// <summary>Writes services, new ones and changed ones; every node sells by them within a second.</summary>
public sealed class SaveServices(Database database, TimeProvider time) : IDisposable
{
    private const string Upsert =
        """
        INSERT INTO services (id, name, description, type, category, platform, rate, min, max, refill, cancel, dripfeed, refill_days, enabled, handles, unique_link, on_refusal,
                              provider_id, provider_service, provider_rate, position, version)
        VALUES (@Id, @Name, @Description, @Type, @Category, @Platform, @Rate, @Min, @Max, @Refill, @Cancel, @Dripfeed, @RefillDays, @Enabled, @Handles, @UniqueLink, @OnRefusal,
                @ProviderId, @ProviderService, @ProviderRate, @Position, @Version)
        ON CONFLICT (id) DO UPDATE SET
          name = @Name, description = @Description, type = @Type, category = @Category, platform = @Platform, rate = @Rate, min = @Min, max = @Max, refill = @Refill,
          cancel = @Cancel, dripfeed = @Dripfeed, refill_days = @RefillDays, enabled = @Enabled, handles = @Handles, unique_link = @UniqueLink, on_refusal = @OnRefusal,
          provider_id = @ProviderId, provider_service = @ProviderService, provider_rate = @ProviderRate, position = @Position, version = @Version
        """;

    private readonly IdAllocator _ids = new(database, time, "service");

    /// <summary>Ids for new services: none that a service has already, since an import from a file keeps the ids of the file.</summary>
    public async Task<long[]> NewIdsAsync(int count, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var taken = (await connection.QueryAsync<long>(new CommandDefinition("SELECT id FROM services", cancellationToken: ct))).ToHashSet();
        var ids = new List<long>(count);
        while (ids.Count < count)
        {
            var id = await _ids.TakeAsync(ct);
            if (!taken.Contains(id))
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    /// <summary>Writes all of them or none.</summary>
    /// <exception cref="InvalidInputException">A service's own figures contradict each other, or another one is bound to the same service of its provider.</exception>
    public async Task RunAsync(IReadOnlyList<Service> services, CancellationToken ct)
    {
        foreach (var service in services)
        {
            Demand(service);
        }

        try
        {
            await database.WriteAsync(tx => UpsertAsync(tx, services, ct), ct);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) == FailureKind.Conflict)
        {
            throw new InvalidInputException("Another service is bound to the same service of that provider already.");
        }
    }

    public void Dispose() => _ids.Dispose();

    private static async Task UpsertAsync(WriteTransaction tx, IReadOnlyList<Service> services, CancellationToken ct)
    {
        var version = await Changes.BumpAsync(tx, Catalog.TopicName);
        foreach (var service in services)
        {
            await tx.Connection.ExecuteAsync(new CommandDefinition(Upsert, Row(service, version), tx.Transaction, cancellationToken: ct));
        }
    }

    private static void Demand(Service s)
    {
        var wrong = s switch
        {
            { Id: < 1 or > int.MaxValue } => "the id is outside 1 … 2^31−1",
            { Name: null or "" } => "the name is empty",
            { Rate.Units: < 0 } => "the rate is below 0",
            _ when s.Min < 0 || s.Max < s.Min => "min and max do not fit",
            _ when !Enum.IsDefined(s.OnRefusal) => "on refusal, an order is held or cancelled",
            { RefillDays: < 0 } => "the refill window is below 0",
            _ when s.Dripfeed && s.Rules.Per != 1000 => $"drip-feed is not for the type {s.Rules.WireName}",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new InvalidInputException($"Service {s.Id}: {wrong}.");
        }
    }

    private static object Row(Service s, long version) => new
    {
        s.Id,
        s.Name,
        s.Description,
        Type = (int)s.Type,
        s.Category,
        s.Platform,
        Rate = s.Rate.Units,
        s.Min,
        s.Max,
        Refill = Flag(s.Refill),
        Cancel = Flag(s.Cancel),
        Dripfeed = Flag(s.Dripfeed),
        s.RefillDays,
        Enabled = Flag(s.Enabled),
        Handles = Flag(s.Handles),
        UniqueLink = Flag(s.UniqueLink),
        OnRefusal = (int)s.OnRefusal,
        s.ProviderId,
        s.ProviderService,
        ProviderRate = s.ProviderRate?.Units,
        s.Position,
        Version = version,
    };

    private static int Flag(bool value) => value ? 1 : 0;
}
