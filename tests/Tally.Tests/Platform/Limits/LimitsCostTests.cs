using System.Net;
using Shouldly;
using Tally.Platform.Limits;
using Xunit;

namespace Tally.Tests.Platform.Limits;

/// <summary>
/// The limits stand before everything else on the way of a request. The aim is 200 ns a call; the bound here is loose, so that a loaded machine does not fail
/// the build, and the measured figure is printed.
/// </summary>
public sealed class LimitsCostTests(ITestOutputHelper output)
{
    /// <summary>A round is shorter than a time slice, so the best of many was not interrupted by the tests beside it.</summary>
    private const int Calls = 2_000;
    private const int Rounds = 300;

    private readonly TokenBuckets<long> _buckets = new(100, 200, TimeProvider.System);
    private readonly FailureBlock<ClientAddressKey> _block = new(10, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15), TimeProvider.System);
    private readonly IPAddress _address = IPAddress.Parse("2001:db8::1");

    [Fact]
    public void Taking_a_token_is_cheap_and_allocates_nothing() => IsCheap(nameof(_buckets.TryTake), i => _buckets.TryTake(i & 1023, out _));

    [Fact]
    public void Asking_for_a_block_is_cheap_and_allocates_nothing()
    {
        _block.RecordFailure(ClientAddressKey.Of(_address));
        IsCheap(nameof(_block.IsBlocked), _ => _block.IsBlocked(ClientAddressKey.Of(_address), out var _));
    }

    [Fact]
    public void Recording_a_failure_of_a_known_key_is_cheap_and_allocates_nothing() =>
        IsCheap(nameof(_block.RecordFailure), _ => _block.RecordFailure(ClientAddressKey.Of(_address)));

    private void IsCheap(string name, Func<int, bool> call)
    {
        var (best, allocated) = (TimeSpan.MaxValue, long.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Calls; i++) call(i);
            var took = TimeProvider.System.GetElapsedTime(started);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            if (took < best) best = took;
        }
        output.WriteLine($"{name}: {best.TotalNanoseconds / Calls:0} ns a call");
        allocated.ShouldBe(0);
        (best.TotalNanoseconds / Calls).ShouldBeLessThan(2_000);
    }
}
