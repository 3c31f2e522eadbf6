using System.CommandLine;
using System.Globalization;
using Tally.Platform.Db;

namespace Tally.Commands;

/// <summary><c>backup FILE</c>: a copy of a SQLite store, made while it is served.</summary>
internal static class BackupCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("file") { Description = "Where to write the copy; a file that is not there yet" };
        var (database, json) = (CommandScope.DatabaseOption(), CommandScope.JsonOption());
        var command = new Command("backup", "Copy a SQLite store into a file, also while it is served") { file, database, json };
        command.SetAction(async (parsed, ct) =>
        {
            await using var scope = await CommandScope.LookAsync(parsed.GetValue(database)!, parsed.GetValue(json), mayBePending: true, ct);
            var store = scope.Get<Database>() as SqliteDatabase
                ?? throw new InvalidInputException("A PostgreSQL is backed up by its own programs: pg_dump, or base backups with WAL archiving (docs/operations/backup.md).");
            var to = Path.GetFullPath(parsed.GetValue(file)!);
            await store.BackUpAsync(to, ct);
            var bytes = new FileInfo(to).Length;
            scope.Say(
                new { file = to, bytes },
                [
                    string.Create(CultureInfo.InvariantCulture, $"{to}: {bytes} bytes, checked."),
                    "It holds customers' data and the keys to providers: keep it where nobody else reads it.",
                ]);
            return 0;
        });
        return command;
    }
}
