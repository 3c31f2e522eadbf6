using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Tally.Accounts;
using Tally.Billing;
using Tally.Ledger;
using Tally.Platform.Db;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>A node whose disk has refused a sync can write nothing any more: it says so, and ends so that it is started anew.</summary>
public sealed class StoreWatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tally-watch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_node_whose_disk_refuses_ends()
    {
        var refuses = false;
        var store = Path.Combine(_folder.FullName, "store.db");
        await using var panel = await TestPanel.JoinAsync(store, roles: NodeRoles.Web | NodeRoles.Worker, also: builder => builder.Services.Replace(ServiceDescriptor.Singleton<Database>(_ =>
            new SqliteDatabase(store, file =>
            {
                if (Volatile.Read(ref refuses))
                {
                    throw new IOException("planted");
                }

                FileSync.ToDisk(file);
            }))));
        var ending = panel.Get<IHostApplicationLifetime>().ApplicationStopping;
        var account = await panel.OpenAccountAsync("customer@example.com", "1000");
        ending.IsCancellationRequested.ShouldBeFalse();
        using var before = await panel.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        before.StatusCode.ShouldBe(HttpStatusCode.OK);

        Volatile.Write(ref refuses, true);
        var credit = await Should.ThrowAsync<CommitUnknownException>(() => panel.Get<CreditAccount>().RunAsync(account.Id, Money.Parse("5"), "test", "test", CancellationToken.None));
        DatabaseFailure.IsFinal(credit).ShouldBeTrue();
        await TestPanel.WaitAsync(() => Task.FromResult(ending.IsCancellationRequested), "the node ends");
        var more = await Should.ThrowAsync<StoreUnavailableException>(() => panel.Get<AccountBook>().OpenAsync("other@example.com", null, CancellationToken.None));
        (DatabaseFailure.IsOfStore(more), DatabaseFailure.IsFinal(more)).ShouldBe((true, true));
    }
}
