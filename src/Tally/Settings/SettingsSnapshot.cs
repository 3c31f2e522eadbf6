using Dapper;
using Tally.Platform.Db;

namespace Tally.Settings;

/// <summary>The operator's settings, from the table <c>settings</c>; a copy that follows the store within a second.</summary>
public sealed class SettingsSnapshot(Database database) : ISnapshot, IDisposable
{
    /// <summary>The topic in <c>changes</c>.</summary>
    public const string TopicName = "settings";

    // One at a time, so that an older reading never takes the place of a newer one.
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private PanelSettings _current = new();
    private long _seen = -1;

    public string Topic => TopicName;

    public long Seen => Volatile.Read(ref _seen);

    /// <summary>The newest settings this node has; at most a second old.</summary>
    public PanelSettings Current => Volatile.Read(ref _current);

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Gives the panel its own name in references when it has none yet; of several nodes that start at once, the first one's stays.</summary>
    public async Task EnsurePanelIdAsync(CancellationToken ct)
    {
        var value = "t" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6));
        await database.WriteAsync(
            async tx =>
            {
                if (await tx.Connection.ExecuteAsync(
                    "INSERT INTO settings (name, value) VALUES ('panel_id', @value) ON CONFLICT (name) DO NOTHING", new { value }, tx.Transaction) > 0)
                {
                    await Changes.BumpAsync(tx, TopicName);
                }
            },
            ct);
        await RefreshAsync(ct);
    }

    /// <summary>Sets one setting; every node knows within a second.</summary>
    /// <exception cref="InvalidInputException">There is no such setting, or the value does not fit it.</exception>
    public async Task SetAsync(string name, string value, CancellationToken ct)
    {
        _ = Current.With(name, value);
        await database.WriteAsync(
            async tx =>
            {
                await tx.Connection.ExecuteAsync(
                    "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = @value", new { name, value }, tx.Transaction);
                await Changes.BumpAsync(tx, TopicName);
            },
            ct);
        await RefreshAsync(ct);
    }

    public void Dispose() => _refreshing.Dispose();

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        var version = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT version FROM changes WHERE topic = @TopicName", new { TopicName }, cancellationToken: ct)) ?? 0;
        var rows = await connection.QueryAsync<(string Name, string Value)>(new CommandDefinition("SELECT name, value FROM settings", cancellationToken: ct));
        Volatile.Write(ref _current, rows.Where(r => PanelSettings.Names.Contains(r.Name)).Aggregate(new PanelSettings(), (settings, row) => settings.With(row.Name, row.Value)));
        Volatile.Write(ref _seen, version);
    }
}
