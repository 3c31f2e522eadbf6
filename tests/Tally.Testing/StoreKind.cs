namespace Tally.Testing;

/// <summary>The stores that Tally runs on. Every test of a store runs on each of them.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}
