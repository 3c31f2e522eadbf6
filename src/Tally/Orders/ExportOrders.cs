using System.Runtime.CompilerServices;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>Reads all orders that a filter wants, newest first, a thousand at a time: the memory it takes does not depend on how many there are, and no connection is held while a slow reader takes them.</summary>
public sealed class ExportOrders(Database database)
{
    private const int Chunk = 1_000;

    public async IAsyncEnumerable<IReadOnlyList<OrderLine>> RunAsync(long accountId, OrderFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        var place = default(ListPlace);
        while (true)
        {
            var chunk = await ReadAsync(accountId, filter, place, ct);
            if (chunk.Count > 0)
            {
                yield return chunk;
            }

            if (chunk.Count < Chunk)
            {
                yield break;
            }

            place = new ListPlace(chunk[^1].Mark);
        }
    }

    private async Task<List<OrderLine>> ReadAsync(long accountId, OrderFilter filter, ListPlace place, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await OrderListSql.ReadAsync(database.Kind, connection, accountId, filter, place, Chunk, ct);
    }
}
