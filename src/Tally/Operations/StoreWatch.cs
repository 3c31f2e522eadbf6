using Tally.Platform.Db;

namespace Tally.Operations;

/// <summary>
/// Ends a node whose store takes nothing more from it (a disk that refused a sync), so that whoever keeps it running starts it anew: opening the store recovers what reached the disk. <c>/readyz</c>
/// says no as soon as it ends, and <c>serve</c> ends with exit code 1.
/// </summary>
internal sealed class StoreWatch(Database database, IHostApplicationLifetime lifetime, ILogger<StoreWatch> logger) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = database.Broken.Register(() =>
        {
            logger.LogCritical("The disk of {Store} has refused what was written to it. Nothing more can be written until the store is opened anew, so this node ends. Look at the disk before it is started again", database.Description);
            lifetime.StopApplication();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _watching.Dispose();
}
