using System.Collections.Concurrent;
using System.Data.Common;

namespace Tally.Platform.Db;

/// <summary>One query, kept open and prepared on a few connections, for hot reads inside the process (SQLite).</summary>
public sealed class PreparedReads(Database database, string sql, params string[] parameters) : IAsyncDisposable
{
    private readonly ConcurrentBag<DbCommand> _idle = [];
    private bool _closed;

    /// <summary>Lends the prepared command to <paramref name="read"/>, which sets the parameters' values (in the order of their names) and runs it.</summary>
    public async ValueTask<T> UseAsync<TState, T>(TState state, Func<DbCommand, TState, T> read, CancellationToken ct)
    {
        if (!_idle.TryTake(out var command))
        {
            command = await PrepareAsync(ct);
        }

        try
        {
            var result = read(command, state);
            if (Volatile.Read(ref _closed))
            {
                await CloseAsync(command);
            }
            else
            {
                _idle.Add(command);
            }

            return result;
        }
        catch
        {
            await CloseAsync(command);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _closed, true);
        while (_idle.TryTake(out var command))
        {
            await CloseAsync(command);
        }
    }

    private async Task<DbCommand> PrepareAsync(CancellationToken ct)
    {
        var connection = await database.OpenReadAsync(ct);
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            BulkInsert.Add(command, name, 0L);
        }

        await command.PrepareAsync(ct);
        return command;
    }

    private static async Task CloseAsync(DbCommand command)
    {
        var connection = command.Connection!;
        await command.DisposeAsync();
        await connection.DisposeAsync();
    }
}
