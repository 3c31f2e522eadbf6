namespace Tally.Contract;

/// <summary>A service as <c>services</c> lists it. The numbers are what the panel said, not judged: a rate may be 0 or negative.</summary>
public sealed record ServiceInfo
{
    /// <summary>The id, as <see cref="AddOrder.Service"/> takes it.</summary>
    public required string Service { get; init; }

    /// <summary>The name; empty when the panel gives none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The description (<c>desc</c> or <c>description</c>).</summary>
    public string? Description { get; init; }

    /// <summary>The type as the panel wrote it; <see cref="ServiceTypeNames.Find"/> understands it. Empty when the panel gives none.</summary>
    public string Type { get; init; } = "";

    public string Category { get; init; } = "";

    public string? Platform { get; init; }

    /// <summary>The price in the account's currency, per 1,000 or per 1 as the type has it (<see cref="ServiceTypeName.RatePer"/>).</summary>
    public required decimal Rate { get; init; }

    /// <summary>The smallest quantity of an order, or of one drip-feed run.</summary>
    public long? Min { get; init; }

    /// <summary>The largest quantity of an order, or of one drip-feed run.</summary>
    public long? Max { get; init; }

    /// <summary>Whether refills are offered; false also for words that are no yes.</summary>
    public bool Refill { get; init; }

    /// <summary>Whether orders can be cancelled; false also for words that are no yes.</summary>
    public bool Cancel { get; init; }

    /// <summary>Whether drip-feed is offered; false also for words that are no yes.</summary>
    public bool DripFeed { get; init; }
}

/// <summary>The answer to <c>services</c>.</summary>
/// <param name="Services">What could be read, in the panel's order.</param>
/// <param name="Unreadable">What stands in the list but could not be read. Such a service has <em>not</em> vanished.</param>
public sealed record ServiceList(IReadOnlyList<ServiceInfo> Services, IReadOnlyList<UnreadableService> Unreadable);

/// <summary>An entry of the list that cannot be used.</summary>
/// <param name="Index">Its place in the list, from 0.</param>
/// <param name="Service">Its id, where at least that could be read.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record UnreadableService(int Index, string? Service, string What);
