using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Tally.Platform.Db;

/// <summary>An assembly that owns tables: its migrations are embedded as <c>0001-name/up.sql</c> with, where a store needs more, <c>up.postgres.sql</c> or <c>up.sqlite.sql</c>.</summary>
public sealed record MigrationSource(string Module, Assembly Assembly);

/// <summary>One step forward.</summary>
/// <param name="Sql">What is run on this store, as one text.</param>
/// <param name="Check">A query that returns no row when the step holds; null when there is none.</param>
public sealed record Migration(string Module, int Number, string Name, string Sql, string? Check, string Checksum);

/// <summary>What a store has and what it lacks.</summary>
public sealed record MigrationState(IReadOnlyList<Migration> Applied, IReadOnlyList<Migration> Pending);

/// <summary>The store cannot be used by this build; the message says what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);

/// <summary>
/// Brings a store forward: numbered folders, never back, each under a checksum, all pending ones in one transaction under a lock, so that of several
/// nodes that start at once one does it and the others find it done. A store that is newer than this build is refused.
/// </summary>
public sealed class Migrator(Database database, TimeProvider time, IReadOnlyList<MigrationSource> sources)
{
    private const long AdvisoryLock = 0x54414C4C59; // "TALLY"

    /// <summary>Applies what is pending.</summary>
    /// <returns>The migrations that were applied now.</returns>
    public Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken ct) => database.WriteAsync<IReadOnlyList<Migration>>(
        async tx =>
        {
            if (tx.Kind == DatabaseKind.Postgres)
            {
                await tx.Connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock }, tx.Transaction);
            }

            await tx.Connection.ExecuteAsync(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                  module TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
                  PRIMARY KEY (module, number))
                """,
                transaction: tx.Transaction);
            var rows = await tx.Connection.QueryAsync<AppliedRow>("SELECT module, number, name, checksum FROM schema_migrations", transaction: tx.Transaction);
            var state = Compare([.. rows]);
            foreach (var migration in state.Pending)
            {
                await using var command = tx.Command(migration.Sql);
                await command.ExecuteNonQueryAsync(ct);
                await tx.Connection.ExecuteAsync(
                    "INSERT INTO schema_migrations (module, number, name, checksum, applied_at) VALUES (@Module, @Number, @Name, @Checksum, @now)",
                    new { migration.Module, migration.Number, migration.Name, migration.Checksum, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, tx.Transaction);
            }

            return state.Pending;
        },
        ct);

    /// <summary>What is applied and what is pending, without changing anything.</summary>
    public async Task<MigrationState> StateAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var exists = await connection.ExecuteScalarAsync<long>(database.Kind == DatabaseKind.Postgres
            ? "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'schema_migrations' AND table_schema = ANY(current_schemas(false))"
            : "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'");
        return exists == 0
            ? Compare([])
            : Compare([.. await connection.QueryAsync<AppliedRow>("SELECT module, number, name, checksum FROM schema_migrations")]);
    }

    /// <summary>Runs the check of every applied migration; returns the names of those that found something.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken ct)
    {
        var state = await StateAsync(ct);
        await using var connection = await database.OpenReadAsync(ct);
        var faults = new List<string>();
        foreach (var migration in state.Applied.Where(m => m.Check is not null))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = migration.Check;
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (await reader.ReadAsync(ct))
            {
                faults.Add($"{migration.Module}/{migration.Name}: {reader.GetValue(0)}");
            }
        }

        return faults;
    }

    private MigrationState Compare(IReadOnlyList<AppliedRow> rows)
    {
        var known = sources.SelectMany(s => Read(s, database.Kind)).ToList();
        foreach (var row in rows)
        {
            var ours = known.Find(m => m.Module == row.Module && m.Number == row.Number);
            if (ours is null)
            {
                throw new MigrationException($"The store is newer than this build: it has migration {row.Module}/{row.Name}. Start the newer build, or restore a backup.");
            }

            if (ours.Checksum != row.Checksum)
            {
                throw new MigrationException($"Migration {row.Module}/{row.Name} was applied in another form than this build has. Use the build that made this store.");
            }
        }

        var applied = rows.Select(r => (r.Module, r.Number)).ToHashSet();
        return new MigrationState([.. known.Where(m => applied.Contains((m.Module, m.Number)))], [.. known.Where(m => !applied.Contains((m.Module, m.Number)))]);
    }

    private static IEnumerable<Migration> Read(MigrationSource source, DatabaseKind kind)
    {
        var own = kind == DatabaseKind.Postgres ? "up.postgres.sql" : "up.sqlite.sql";
        foreach (var resource in source.Assembly.GetManifestResourceNames().Where(n => n.EndsWith("/up.sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[..^"/up.sql".Length];
            var sql = Text(source.Assembly, resource)! + "\n" + Text(source.Assembly, $"{name}/{own}");
            if (kind == DatabaseKind.Sqlite)
            {
                // Only this spelling makes the column SQLite's row id.
                sql = sql.Replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", StringComparison.Ordinal);
            }

            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            yield return new Migration(
                source.Module, int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture), name, sql, Text(source.Assembly, $"{name}/check.sql"), checksum);
        }
    }

    private static string? Text(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed class AppliedRow
    {
        public string Module { get; set; } = "";

        public int Number { get; set; }

        public string Name { get; set; } = "";

        public string Checksum { get; set; } = "";
    }
}
