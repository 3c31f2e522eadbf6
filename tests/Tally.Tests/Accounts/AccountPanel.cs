using Microsoft.Extensions.Logging.Abstractions;
using Tally.Accounts;
using Tally.Ledger;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Platform.Db;

namespace Tally.Tests.Accounts;

/// <summary>The accounts of a panel on a fresh store, without the panel around them.</summary>
internal sealed class AccountPanel : IAsyncDisposable
{
    private readonly List<IDisposable> _more = [];

    private AccountPanel(OpenStore store, TimeProvider time)
    {
        (Store, Time) = (store, time);
        var ledger = new GeneralLedger(store.Database.Kind == DatabaseKind.Postgres ? LedgerDialect.Postgres : LedgerDialect.Sqlite);
        Book = new AccountBook(store.Database, ledger, time);
        _more.Add(Book);
        Keys = Node();
    }

    public OpenStore Store { get; }

    public TimeProvider Time { get; }

    public AccountBook Book { get; }

    /// <summary>The keys as this node knows them.</summary>
    public ApiKeys Keys { get; }

    public static async Task<AccountPanel> OpenAsync(StoreKind kind, TimeProvider? time = null)
    {
        var store = await OpenStore.CreateAsync(kind);
        await new Migrator(store.Database, TimeProvider.System, Modules.Store).MigrateAsync(default);
        return new AccountPanel(store, time ?? TimeProvider.System);
    }

    /// <summary>The keys as another node knows them.</summary>
    public ApiKeys Node()
    {
        var keys = new ApiKeys(Store.Another(), Time, NullLogger<ApiKeys>.Instance);
        _more.Add(keys);
        return keys;
    }

    /// <summary>Brings this node's copy up to date, and finds a key in it.</summary>
    public async Task<Caller?> FindAsync(string key)
    {
        await Keys.RefreshAsync(default);
        return Keys.Find(key);
    }

    public async ValueTask DisposeAsync()
    {
        _more.ForEach(m => m.Dispose());
        await Store.DisposeAsync();
    }
}
