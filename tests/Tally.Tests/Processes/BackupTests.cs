using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>Backups as docs/operations/backup.md tells operators to make them, made while orders come in, and restored into a fresh place.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class BackupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-backup-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, BothStores]
    public async Task A_backup_made_under_load_holds_everything_that_was_acknowledged_before_it_began(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        var customers = new[] { await panel.OpenAccountAsync("an@example.com"), await panel.OpenAccountAsync("binh@example.com") };
        var journal = new Journal(customers, [await panel.AddServiceAsync()]);
        var node = await panel.ServeAsync();
        using var caller = new ApiCaller(node.Address);
        var load = journal.LoadAsync(caller, "before");
        await TestPanel.WaitAsync(() => Task.FromResult(journal.All.Count(s => s.Acknowledged is not null) >= 200), "two hundred orders are acknowledged");

        var acknowledged = journal.All.Where(s => s.Acknowledged is not null).ToDictionary(s => (s.Customer.Id, s.Reference));
        var backup = Path.Combine(_folder.FullName, "tally.backup");
        await BackUpAsync(panel, backup);
        load.IsCompleted.ShouldBeFalse("the load was over before the backup");
        await node.KillAsync(); // as the disk that makes a backup needed takes the node with it
        await load;

        await using var fresh = await TestStore.CreateAsync(kind);
        await RestoreAsync(backup, fresh);
        (await TallyProgram.RunAsync(fresh.ConnectionString, "doctor")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        var books = await TallyProgram.RunAsync(fresh.ConnectionString, "ledger", "verify");
        books.GetProperty("holds").GetBoolean().ShouldBeTrue(books.ToString());
        books.GetProperty("orders").GetInt64().ShouldBeGreaterThanOrEqualTo(acknowledged.Count);

        await using var restored = await TallyProcess.ServeAsync(fresh.ConnectionString);
        using var again = new ApiCaller(restored.Address);
        foreach (var some in acknowledged.Values.Chunk(50))
        {
            // Parameters and all: a reference answers its order only to the order that was sent.
            var answers = await Task.WhenAll(some.Select(sent => again.AddAsync(sent.Customer.Key.Key, sent.Parameters)));
            answers.ShouldBe(some.Select(sent => new AddAnswer(sent.Acknowledged, null, null)));
        }
    }

    [Fact]
    public async Task A_backup_is_one_file_for_its_owner_alone_and_never_written_over_another()
    {
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Sqlite);
        var file = Path.Combine(_folder.FullName, "tally.backup");
        (await panel.RunAsync("backup", file)).GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(file).Length);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.GetFiles().Select(f => f.Name).ShouldBe(["tally.backup"]);

        var before = await File.ReadAllBytesAsync(file);
        var refused = await TallyProgram.TryAsync(panel.Database, "backup", file);
        (refused.ExitCode, refused.Output).ShouldBe((1, ""));
        refused.Errors.ShouldContain("is there already");
        (await File.ReadAllBytesAsync(file)).ShouldBe(before);
    }

    [Fact]
    public async Task Of_a_postgres_the_command_says_what_makes_its_backups()
    {
        await using var panel = await ProcessPanel.CreateAsync(StoreKind.Postgres);
        var refused = await TallyProgram.TryAsync(panel.Database, "backup", Path.Combine(_folder.FullName, "tally.backup"));
        (refused.ExitCode, refused.Output).ShouldBe((1, ""));
        refused.Errors.ShouldContain("pg_dump");
        _folder.GetFileSystemInfos().ShouldBeEmpty();
    }

    private static async Task BackUpAsync(ProcessPanel panel, string file)
    {
        if (panel.Kind == StoreKind.Sqlite)
        {
            await panel.RunAsync("backup", file);
            return;
        }

        await PostgresAsync("pg_dump", panel.Database, "--format=custom", "--file", file);
    }

    private static async Task RestoreAsync(string backup, TestStore fresh)
    {
        if (fresh.Kind == StoreKind.Sqlite)
        {
            File.Copy(backup, new SqliteConnectionStringBuilder(fresh.ConnectionString).DataSource);
            return;
        }

        await PostgresAsync("pg_restore", fresh.ConnectionString, "--exit-on-error", "--single-transaction", "--no-owner", "--dbname", new NpgsqlConnectionStringBuilder(fresh.ConnectionString).Database!, backup);
    }

    private static async Task PostgresAsync(string program, string database, params string[] arguments)
    {
        var to = new NpgsqlConnectionStringBuilder(database);
        var start = new ProcessStartInfo(await PostgresPrograms.FindAsync(program), arguments) { UseShellExecute = false, RedirectStandardError = true };
        (start.Environment["PGHOST"], start.Environment["PGPORT"], start.Environment["PGUSER"], start.Environment["PGDATABASE"]) = (to.Host, to.Port.ToString(), to.Username, to.Database);
        start.Environment["PGPASSWORD"] = to.Password;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, errors);
    }
}
