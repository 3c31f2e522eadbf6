using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Tally.Commands;
using Tally.Testing;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary>Every command, on stores that cannot be used: one clear line and exit code 1, never a stack trace, never a password.</summary>
[Collection(nameof(CommandLine))]
public sealed class UnusableStoreTests
{
    private static readonly string[][] Commands =
    [
        ["migrate"], ["doctor"], ["ledger", "verify"], ["user", "add", "an@example.com"], ["user", "show", "an@example.com"], ["user", "credit", "an@example.com", "5", "--reason", "x"],
        ["user", "suspend", "an@example.com"], ["user", "resume", "an@example.com"], ["key", "add", "an@example.com"], ["key", "list", "an@example.com"], ["key", "revoke", "1"],
        ["addresses", "set", "an@example.com", ""], ["provider", "add", "up", "https://panel.example/api/v2", "k"], ["provider", "list"], ["provider", "test", "up"],
        ["provider", "pause", "up"], ["provider", "resume", "up"], ["services", "import", "--provider", "up"], ["services", "list"], ["services", "set", "1", "--name", "x"],
        ["order", "show", "1"], ["order", "set-status", "1", "Completed", "--reason", "x"], ["settings", "list"], ["settings", "set", "currency", "VND"],
        ["orders", "attention", "list"], ["orders", "attention", "resend", "1", "--reason", "x"], ["orders", "attention", "attach", "1", "2", "--reason", "x"],
        ["orders", "attention", "cancel", "1", "--reason", "x"],
    ];

    [Fact]
    public async Task A_postgres_that_nobody_answers_for()
    {
        var nobody = $"Host=127.0.0.1;Port={LoopbackPort.Free()};Username=tally;Password=hush-hush;Database=panel;Timeout=5";
        foreach (var command in Commands)
        {
            var said = (await CommandLine.RunAloneAsync([.. command, "--database", nobody])).ShouldFail("The store does not answer");
            said.Errors.ShouldNotContain("hush-hush");
        }
    }

    [Fact]
    public async Task A_postgres_without_the_database_or_the_role()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Postgres);
        foreach (var change in (Action<NpgsqlConnectionStringBuilder>[])[s => s.Database = "tally_no_such_database", s => s.Username = "tally_no_such_role"])
        {
            var given = new NpgsqlConnectionStringBuilder(tally.Database) { Password = "hush-hush" };
            change(given);
            var said = (await CommandLine.RunAloneAsync("settings", "list", "--database", given.ToString())).ShouldFail("The store does not answer", "tally_no_such_");
            said.Errors.ShouldNotContain("hush-hush");
        }
    }

    [Fact]
    public async Task A_file_that_is_no_store()
    {
        using var folder = new TemporaryFolder();
        folder.File("letter.txt", new string('x', 5_000));
        var letter = Path.Combine(folder.Path, "letter.txt");
        foreach (var command in Commands)
        {
            (await CommandLine.RunAloneAsync([.. command, "--database", letter])).ShouldFail("The store does not answer");
        }

        (await File.ReadAllTextAsync(letter)).ShouldBe(new string('x', 5_000), "and it is left as it was");
        (await CommandLine.RunAloneAsync("migrate", "--database", Path.Combine(letter, "tally.db"))).ShouldFail("letter.txt");
        (await CommandLine.RunAloneAsync("migrate", "--database", folder.Path)).ShouldFail("The store does not answer");
    }

    [Theory]
    [InlineData("postgres://tally:hush-hush@db.internal/panel")]
    [InlineData("Server=db.internal;Password=hush-hush")]
    [InlineData("Host=db.internal;Pasword=hush-hush")]
    [InlineData("Host=db.internal;Port=many;Password=hush-hush")]
    [InlineData("")]
    public async Task A_text_that_names_no_store(string database)
    {
        var said = (await CommandLine.RunAloneAsync("settings", "list", "--database", database)).ShouldFail("store");
        said.Errors.ShouldNotContain("hush-hush");
    }

    [Fact]
    public async Task A_sqlite_store_that_lost_its_tables()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        (await tally.RunAsync("migrate")).ShouldSucceed();
        await tally.ExecuteAsync("DROP TABLE settings");
        (await tally.RunAsync("settings", "list")).ShouldFail("no such table: settings");
    }

    [Fact]
    public async Task What_is_logged_does_not_stand_between_the_answers()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        var (output, errors) = (Console.Out, Console.Error);
        using var printed = new StringWriter();
        using var complained = new StringWriter();
        Console.SetOut(printed);
        Console.SetError(complained);
        try
        {
            await using var scope = await CommandScope.OpenAsync(tally.Database, json: true, migrate: true, default);
            scope.Get<ILoggerFactory>().CreateLogger("Test").LogWarning("something to know");
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }

        printed.ToString().ShouldBeEmpty();
        complained.ToString().ShouldContain("something to know");
    }
}
