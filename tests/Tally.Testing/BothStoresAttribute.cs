using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tally.Testing;

/// <summary>Runs a theory once on each store: <c>[Theory, BothStores] public async Task It_works(StoreKind kind)</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothStoresAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. Enum.GetValues<StoreKind>().Select(kind => new TheoryDataRow<StoreKind>(kind))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
