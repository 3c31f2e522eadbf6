using System.Text.Json;
using Dapper;
using Shouldly;
using Tally.Accounts;
using Tally.Billing;
using Tally.Catalog;
using Tally.Commands;
using Tally.Ledger;
using Tally.Settings;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>These tests want both of the machine's cores: they run after all others, one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessesCollection
{
    public const string Name = "Processes";
}

/// <summary>A panel whose nodes are processes of their own, on a fresh store. It is set up from here, through the same use cases as the commands.</summary>
internal sealed class ProcessPanel : IAsyncDisposable
{
    private readonly TestStore _store;
    private readonly CommandScope _scope;
    private readonly List<TallyProcess> _nodes = [];

    private ProcessPanel(TestStore store, CommandScope scope) => (_store, _scope) = (store, scope);

    /// <summary>The store as <c>--database</c> names it.</summary>
    public string Database => _store.ConnectionString;

    public StoreKind Kind => _store.Kind;

    /// <summary>All keys that were given out here.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>A panel with limits that no test reaches, and no node yet.</summary>
    public static async Task<ProcessPanel> CreateAsync(StoreKind kind)
    {
        var store = await TestStore.CreateAsync(kind);
        var panel = new ProcessPanel(store, await CommandScope.OpenAsync(store.ConnectionString, json: false, migrate: true, CancellationToken.None));
        foreach (var limit in new[] { "requests_per_second", "request_burst", "wrong_keys_per_address" })
        {
            await panel.SetAsync(limit, "1000000");
        }

        return panel;
    }

    public T Get<T>()
        where T : notnull => _scope.Get<T>();

    /// <summary>Starts a node and waits until it is ready.</summary>
    public async Task<TallyProcess> ServeAsync(params string[] more) => Keep(await TallyProcess.ServeAsync(Database, more));

    /// <summary>The same, under a program that becomes the node when it has done its part.</summary>
    public async Task<TallyProcess> ServeUnderAsync(params string[] program) => Keep(await TallyProcess.ServeUnderAsync(program, Database));

    private TallyProcess Keep(TallyProcess node)
    {
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node that kills itself at a point, and waits for its end.</summary>
    public async Task DieAsync(string fault, params string[] more)
    {
        await using var node = TallyProcess.LaunchToDie(Database, fault, more);
        (await node.EndAsync()).ShouldBe(137, $"It did not die at {fault}.\n{string.Join('\n', node.Errors)}\n{string.Join('\n', node.Output)}");
    }

    public Task SetAsync(string setting, string value) => Get<SettingsSnapshot>().SetAsync(setting, value, CancellationToken.None);

    public async Task<OpenedAccount> OpenAccountAsync(string email, string balance = "1000000")
    {
        var account = await Get<AccountBook>().OpenAsync(email, null, CancellationToken.None);
        await Get<CreditAccount>().RunAsync(account.Id, Money.Parse(balance), "test money", "test", CancellationToken.None);
        Keys.Add(account.Key.Key);
        return account;
    }

    /// <summary>Adds a manual service for quantities from 10 to 10,000.</summary>
    public async Task<string> AddServiceAsync(string rate = "1000", Func<Service, Service>? with = null)
    {
        var id = (await Get<SaveServices>().NewIdsAsync(1, CancellationToken.None))[0];
        var service = new Service(
            id, $"Service {id}", "", ServiceType.Default, "Category", "Platform", Money.Parse(rate), 10, 10_000, Refill: true, Cancel: true, Dripfeed: true,
            RefillDays: 0, Enabled: true, Handles: false, UniqueLink: false, OnRefusal.Hold, null, null, null, (int)id);
        await Get<SaveServices>().RunAsync([with?.Invoke(service) ?? service], CancellationToken.None);
        return id.ToString();
    }

    /// <summary>Runs a command beside the nodes; it must succeed.</summary>
    public Task<JsonElement> RunAsync(params string[] arguments) => TallyProgram.RunAsync(Database, arguments);

    /// <summary>The command <c>ledger verify</c> must find that all money is accounted for.</summary>
    /// <returns>Its whole report.</returns>
    public async Task<JsonElement> ReportAsync()
    {
        var report = await RunAsync("ledger", "verify");
        report.GetProperty("firstFault").ValueKind.ShouldBe(JsonValueKind.Null, report.ToString());
        report.GetProperty("holds").GetBoolean().ShouldBeTrue();
        return report;
    }

    /// <summary>The same.</summary>
    /// <returns>How many orders it checked.</returns>
    public async Task<long> VerifyAsync() => (await ReportAsync()).GetProperty("orders").GetInt64();

    /// <summary>Looks into the store itself.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _store.OpenAsync();
        return [.. await connection.QueryAsync<T>(sql, parameters)];
    }

    public async Task<long> CountAsync(string sql, object? parameters = null) => (await QueryAsync<long>(sql, parameters)).ShouldHaveSingleItem();

    /// <summary>Changes the store behind the panel's back, as another program or another build would.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await _store.OpenAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }

    public Task<System.Data.Common.DbConnection> OpenAsync() => _store.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _scope.DisposeAsync();
        await _store.DisposeAsync();
    }
}
