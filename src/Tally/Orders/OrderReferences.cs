using Dapper;
using Tally.Catalog;
using Tally.Platform.Db;

namespace Tally.Orders;

/// <summary>A reference that has been used: by which order, and with which parameters.</summary>
public sealed record StoredReference
{
    public long AccountId { get; init; }

    public string Reference { get; init; } = "";

    public long OrderId { get; init; }

    /// <summary>The type by whose rules the parameters were read then.</summary>
    public ServiceType Type { get; init; }

    public string Hash { get; init; } = "";

    /// <summary>The answer to a request that uses the reference again: the first order when the parameters are the same, else the conflict.</summary>
    public PlaceOrderOutcome Answer(OrderParameters sent) =>
        OrderTerms.TryRead(TypeRules.Of(Type), sent, out var terms, out _) && terms.Hash == Hash
            ? new PlaceOrderOutcome.Placed(OrderId, Replayed: true)
            : new PlaceOrderOutcome.Refused(Refusal.ReferenceConflict(OrderId));
}

/// <summary>The references that customers gave to their orders; each is unique within its account and kept as long as the order.</summary>
public sealed class OrderReferences(Database database)
{
    private const string Columns = "r.account_id, r.reference, r.order_id, r.type, r.hash";

    /// <summary>One reference of an account; null when it is free.</summary>
    public async Task<StoredReference?> FindAsync(long accountId, string reference, CancellationToken ct)
    {
        StoredReference? found;
        await using (var connection = await database.OpenReadAsync(ct))
        {
            found = await connection.QuerySingleOrDefaultAsync<StoredReference>(new CommandDefinition(
                $"SELECT {Columns} FROM order_references r WHERE r.account_id = @accountId AND r.reference = @reference", new { accountId, reference }, cancellationToken: ct));
        }

        if (found is not null)
        {
            await database.DurableAsync(ct); // who is told of it takes it for a promise
        }

        return found;
    }

    /// <summary>Those of the references that are used, in the transaction that has locked their accounts' wallets.</summary>
    internal static async Task<Dictionary<(long Account, string Reference), StoredReference>> ReadAsync(
        WriteTransaction tx, IReadOnlyList<(long Account, string Reference)> keys, CancellationToken ct)
    {
        var found = new Dictionary<(long, string), StoredReference>();
        if (keys.Count == 0)
        {
            return found;
        }

        if (tx.Kind == DatabaseKind.Postgres)
        {
            var rows = await tx.Connection.QueryAsync<StoredReference>(new CommandDefinition(
                $"SELECT {Columns} FROM unnest(@accounts, @references) AS k (a, n) JOIN order_references r ON r.account_id = k.a AND r.reference = k.n",
                new { accounts = keys.Select(k => k.Account).ToArray(), references = keys.Select(k => k.Reference).ToArray() }, tx.Transaction, cancellationToken: ct));
            foreach (var row in rows)
            {
                found[(row.AccountId, row.Reference)] = row;
            }

            return found;
        }

        await using var command = tx.Command($"SELECT {Columns} FROM order_references r WHERE r.account_id = @account AND r.reference = @reference");
        var account = BulkInsert.Add(command, "account", 0L);
        var reference = BulkInsert.Add(command, "reference", "");
        foreach (var key in keys)
        {
            (account.Value, reference.Value) = (key.Account, key.Reference);
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (await reader.ReadAsync(ct))
            {
                found[key] = new StoredReference
                {
                    AccountId = reader.GetInt64(0),
                    Reference = reader.GetString(1),
                    OrderId = reader.GetInt64(2),
                    Type = (ServiceType)reader.GetInt16(3),
                    Hash = reader.GetString(4),
                };
            }
        }

        return found;
    }

    internal static Task InsertAsync(WriteTransaction tx, IReadOnlyList<StoredReference> rows, CancellationToken ct) => BulkInsert.IntoAsync(
        tx, "order_references", ct,
        new BulkColumn("account_id", rows.Select(r => r.AccountId).ToArray()),
        new BulkColumn("reference", rows.Select(r => r.Reference).ToArray()),
        new BulkColumn("order_id", rows.Select(r => r.OrderId).ToArray()),
        new BulkColumn("type", rows.Select(r => (short)r.Type).ToArray()),
        new BulkColumn("hash", rows.Select(r => r.Hash).ToArray()));
}
