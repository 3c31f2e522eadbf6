namespace Tally.Orders.Workers;

/// <summary>This process among the nodes that share a store: the name under which it leases work.</summary>
public sealed class Node
{
    public string Name { get; } = $"{Environment.MachineName[..Math.Min(24, Environment.MachineName.Length)]}:{Environment.ProcessId}:{Guid.NewGuid():N}";
}
