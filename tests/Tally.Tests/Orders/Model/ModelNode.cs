using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tally.Operations;
using Tally.Orders.Workers;
using Tally.Platform.Db;
using Tally.Platform.Jobs;

namespace Tally.Tests.Orders.Model;

/// <summary>What happens to everything a node does after its death.</summary>
internal sealed class NodeDiedException : Exception
{
    public NodeDiedException()
        : base("The node died here.")
    {
    }
}

/// <summary>
/// A node whose workers are turned by hand, and which can die at any fault point: from then on nothing of it reaches the store, and what it had in memory is lost. Calls that
/// it had under way may still arrive at the provider, as those of a killed process do.
/// </summary>
internal sealed class ModelNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<WorkLoop> _workers;
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FaultPoint? _diesAt;
    private int _timesToGo;
    private volatile bool _dead;

    private ModelNode(string database, TimeProvider clock)
    {
        _app = PanelHost.Build(new PanelOptions(database, "http://127.0.0.1:0", NodeRoles.Worker, Quiet: true), builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(clock));
            builder.Services.Replace(ServiceDescriptor.Singleton(new FaultPoints(ReachedAsync)));
            builder.Services.Replace(ServiceDescriptor.Singleton<Database>(_ => new ModelDatabase(Database.Open(database), () => _dead)));
            builder.Logging.ClearProviders();
        });
        _workers = [.. _app.Services.GetServices<IHostedService>().OfType<WorkLoop>().Where(w => w is not SnapshotPoller)];
    }

    public bool IsDead => _dead;

    public static async Task<ModelNode> StartAsync(string database, TimeProvider clock)
    {
        var node = new ModelNode(database, clock);
        await node.Get<Migrator>().MigrateAsync(CancellationToken.None);
        await node.Get<Tally.Settings.SettingsSnapshot>().EnsurePanelIdAsync(CancellationToken.None);
        await node.RefreshAsync();
        return node;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>It dies when it comes to a point for the n-th time from now.</summary>
    public void DieAt(FaultPoint point, int times) => (_diesAt, _timesToGo) = (point, times);

    /// <summary>It dies between two steps.</summary>
    public void Die() => _dead = true;

    /// <summary>It goes on whatever it was to die of.</summary>
    public void Spare() => _diesAt = null;

    /// <summary>Every worker does one step, and the calls under way come to their ends; unless the node dies on the way.</summary>
    public async Task WorkAsync()
    {
        try
        {
            await RefreshAsync();
            foreach (var worker in _workers)
            {
                await worker.RunOnceAsync(CancellationToken.None);
            }

            var idle = Task.WhenAll(_workers.OfType<SendOrders>().Single().IdleAsync(), _workers.OfType<SyncOrders>().Single().IdleAsync());
            await Task.WhenAny(idle, _died.Task);
        }
        catch (Exception) when (_dead)
        {
            // Whatever fails now is the death of the node.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _dead = true;
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        await _app.DisposeAsync();
    }

    private async Task RefreshAsync()
    {
        foreach (var snapshot in _app.Services.GetServices<ISnapshot>())
        {
            await snapshot.RefreshAsync(CancellationToken.None);
        }
    }

    private Task ReachedAsync(FaultPoint point)
    {
        if (point == _diesAt && Interlocked.Decrement(ref _timesToGo) == 0)
        {
            _dead = true;
            _died.TrySetResult();
        }

        return _dead ? Task.FromException(new NodeDiedException()) : Task.CompletedTask;
    }
}
