using Npgsql;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>What a node does with the store that it finds: it makes an empty one ready, and leaves one alone that a newer build has made.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class NodeStartTests
{
    [Theory, BothStores]
    public async Task A_store_that_is_newer_than_the_build_is_refused_and_left_alone(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        await panel.ExecuteAsync("INSERT INTO schema_migrations (module, number, name, checksum, applied_at) VALUES ('tally', 9999, '9999-later', 'x', 1)");
        var before = await panel.QueryAsync<string>("SELECT name FROM schema_migrations ORDER BY module, number");

        await using var node = TallyProcess.Launch(panel.Database);
        (await node.EndAsync()).ShouldBe(1);
        node.Errors.ShouldContain(line => line.Contains("The store is newer than this build: it has migration tally/9999-later."), string.Join('\n', node.Errors));
        node.Output.ShouldNotContain(line => line.Contains("Now listening on"));

        string[][] commands = [["migrate"], ["doctor"], ["ledger", "verify"], ["user", "add", "late@example.com"]];
        foreach (var command in commands)
        {
            var result = await TallyProgram.TryAsync(panel.Database, command);
            result.ExitCode.ShouldBe(1, string.Join(' ', command));
            result.Errors.ShouldContain("newer than this build");
            result.Errors.ShouldNotContain("   at ", Case.Sensitive, "an operator is told what to do, not where the code is");
        }

        (await panel.QueryAsync<string>("SELECT name FROM schema_migrations ORDER BY module, number")).ShouldBe(before);
        (await panel.CountAsync("SELECT COUNT(*) FROM accounts")).ShouldBe(0);
    }

    [Theory, BothStores]
    public async Task A_migration_that_was_applied_in_another_form_is_refused(StoreKind kind)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        await panel.ExecuteAsync("UPDATE schema_migrations SET checksum = 'another' WHERE module = 'tally' AND number = 1");
        await using var node = TallyProcess.Launch(panel.Database);
        (await node.EndAsync()).ShouldBe(1);
        node.Errors.ShouldContain(line => line.Contains("Migration tally/0001-init was applied in another form"), string.Join('\n', node.Errors));
    }

    [Fact]
    public async Task Three_nodes_that_start_at_once_on_an_empty_PostgreSQL_all_come_up_and_one_of_them_migrates()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        var nodes = Enumerable.Range(0, 3).Select(_ => TallyProcess.Launch(store.ConnectionString)).ToList();
        try
        {
            await Task.WhenAll(nodes.Select(n => n.ReadyAsync()));
            nodes.Count(n => n.Output.Any(line => line.Contains("Applied migration"))).ShouldBe(1);
            var key = (await TallyProgram.RunAsync(store.ConnectionString, "user", "add", "first@example.com", "--balance", "5")).GetProperty("key").GetString()!;
            foreach (var node in nodes)
            {
                using var caller = new ApiCaller(node.Address);
                await TestPanel.WaitAsync(async () => (await caller.CallAsync(key, "balance")).TryGetProperty("balance", out var balance) && balance.GetString() == "5", "the new account is known");
                (await node.StopAsync()).ShouldBe(0);
            }

            await using var connection = await store.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM settings WHERE name = 'panel_id'";
            (await command.ExecuteScalarAsync()).ShouldBe(1L);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Theory, BothStores]
    public async Task Commands_that_meet_at_an_empty_store_all_succeed(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => TallyProgram.RunAsync(store.ConnectionString, "user", "add", $"user{n}@example.com", "--balance", "1")));
        opened.Select(o => o.GetProperty("id").GetInt64()).Distinct().Count().ShouldBe(4);
        (await TallyProgram.RunAsync(store.ConnectionString, "ledger", "verify")).GetProperty("walletTotal").GetString().ShouldBe("4");
    }

    [Fact]
    public async Task A_node_on_PostgreSQL_does_not_look_for_Kerberos()
    {
        // The container's base has no library for it, and each process that looked for one in vain would say so on standard error.
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var node = await TallyProcess.ServeAsync(store.ConnectionString);
        node.Errors.ShouldBeEmpty();
        if (OperatingSystem.IsLinux())
        {
            (await File.ReadAllTextAsync($"/proc/{node.Id}/maps")).Contains("libgssapi", StringComparison.Ordinal).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_store_that_does_not_answer_ends_the_start_with_a_word_and_without_the_password()
    {
        var database = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = LoopbackPort.Free(), Username = "tally", Password = "open-sesame-4711", Database = "tally" }.ToString();
        await using var node = TallyProcess.Launch(database);
        (await node.EndAsync()).ShouldBe(1);
        node.Errors.ShouldContain(line => line.StartsWith("tally: The store does not answer"), string.Join('\n', node.Errors));
        node.Output.Concat(node.Errors).ShouldNotContain(line => line.Contains("open-sesame-4711"));
    }
}
