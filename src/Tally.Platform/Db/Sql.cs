using System.Globalization;
using System.Text.Json;

namespace Tally.Platform.Db;

/// <summary>The few places where the two stores speak differently.</summary>
public static class Sql
{
    /// <summary>A condition: <paramref name="column"/> is one of the ids in the parameter <paramref name="parameter"/> (its value made by <see cref="Ids"/>).</summary>
    public static string AnyOf(DatabaseKind kind, string column, string parameter) =>
        kind == DatabaseKind.Postgres ? $"{column} = ANY(@{parameter})" : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>The value for a parameter of <see cref="AnyOf"/>.</summary>
    public static object Ids(DatabaseKind kind, IReadOnlyCollection<long> ids) =>
        kind == DatabaseKind.Postgres ? ids.ToArray() : "[" + string.Join(',', ids.Select(i => i.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <summary>The same for texts.</summary>
    public static object Texts(DatabaseKind kind, IReadOnlyCollection<string> texts) => kind == DatabaseKind.Postgres ? texts.ToArray() : JsonSerializer.Serialize(texts);

    /// <summary>Row locks held to the end of the transaction, taken in the order of the query. SQLite has one writer and needs none.</summary>
    public static string ForUpdate(DatabaseKind kind) => kind == DatabaseKind.Postgres ? " FOR UPDATE" : "";

    /// <summary>Row locks that pass over the rows another transaction holds: for claims.</summary>
    public static string SkipLocked(DatabaseKind kind) => kind == DatabaseKind.Postgres ? " FOR UPDATE SKIP LOCKED" : "";
}
