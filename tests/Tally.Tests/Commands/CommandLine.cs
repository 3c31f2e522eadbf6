using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shouldly;
using Tally.Commands;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary>Command lines share the console of this process, so their tests run one after the other.</summary>
[CollectionDefinition(nameof(CommandLine), DisableParallelization = true)]
public sealed class OneConsole;

/// <summary>Runs command lines in this process, on a fresh store, and keeps what they print.</summary>
internal sealed class CommandLine : IAsyncDisposable
{
    private readonly TestStore _store;

    private CommandLine(TestStore store)
    {
        _store = store;
        Database = store.Kind == StoreKind.Sqlite ? new SqliteConnectionStringBuilder(store.ConnectionString).DataSource : store.ConnectionString;
    }

    /// <summary>The store as <c>--database</c> names it.</summary>
    public string Database { get; }

    public static async Task<CommandLine> OnAsync(StoreKind kind) => new(await TestStore.CreateAsync(kind));

    /// <summary>Runs a command on this store.</summary>
    public Task<Printed> RunAsync(params string[] arguments) => RunAloneAsync([.. arguments, "--database", Database]);

    /// <summary>Runs a command that must succeed, and reads its answer as JSON.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) => (await RunAsync([.. arguments, "--json"])).ShouldSucceed().Json;

    /// <summary>Opens an account; returns its API key.</summary>
    public async Task<string> AddUserAsync(string email, string balance = "0") => (await JsonAsync("user", "add", email, "--balance", balance)).GetProperty("key").GetString()!;

    /// <summary>Runs a command line just as it is.</summary>
    public static async Task<Printed> RunAloneAsync(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var printed = new StringWriter();
        using var complained = new StringWriter();
        Console.SetOut(printed);
        Console.SetError(complained);
        try
        {
            var code = await TallyCommand.RunAsync(arguments).WaitAsync(TimeSpan.FromSeconds(90));
            return new Printed(string.Join(' ', arguments), code, printed.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _store.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

/// <summary>What a command printed, and what it ended with.</summary>
internal sealed record Printed(string Arguments, int Code, string Output, string Errors)
{
    /// <summary>The answer to <c>--json</c>.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Printed ShouldSucceed()
    {
        Code.ShouldBe(0, $"tally {Arguments}: {Output}{Errors}");
        Errors.ShouldBeEmpty(Arguments);
        return this;
    }

    /// <summary>One clear line on standard error, exit code 1, nothing on standard output, and never a stack trace.</summary>
    public Printed ShouldFail(params string[] words)
    {
        Code.ShouldBe(1, $"tally {Arguments}: {Output}{Errors}");
        var line = Errors.TrimEnd('\n').Split('\n').ShouldHaveSingleItem(Errors);
        line.ShouldStartWith("tally: ");
        line.Length.ShouldBeLessThan(500);
        ShouldSay(line, words);
        Output.ShouldBeEmpty();
        return this;
    }

    /// <summary>The command line itself is wrong: said on standard error, and the help follows.</summary>
    public Printed ShouldBeMisspelt(params string[] words)
    {
        Code.ShouldBe(1, $"tally {Arguments}: {Output}{Errors}");
        ShouldSay(Errors, words);
        return this;
    }

    private void ShouldSay(string text, string[] words)
    {
        text.ShouldNotContain("   at ", Case.Sensitive, Arguments);
        text.ShouldNotContain("Exception", Case.Sensitive, Arguments);
        foreach (var word in words)
        {
            text.ShouldContain(word, Case.Sensitive, Arguments);
        }
    }
}
