using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tally.Accounts;
using Tally.ApiV2;
using Tally.Catalog;
using Tally.Mail;
using Tally.Operations;
using Tally.Orders;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Ui;

namespace Tally;

/// <summary>What a node does.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>Answers requests.</summary>
    Web = 1,

    /// <summary>Sends orders, asks for their status, starts drip-feed runs.</summary>
    Worker = 2,
}

/// <summary>How to start a node.</summary>
/// <param name="Database">A SQLite file, or a PostgreSQL connection string (<c>Host=…</c>).</param>
/// <param name="Urls">Where it listens, separated by <c>;</c>.</param>
/// <param name="Drain">How long it goes on, not ready, after it was asked to stop.</param>
public sealed record PanelOptions(
    string Database, string Urls, NodeRoles Roles = NodeRoles.Web | NodeRoles.Worker, LogFormat LogFormat = LogFormat.Json, bool Quiet = false, TimeSpan Drain = default);

/// <summary>Builds a node of the panel.</summary>
public static class PanelHost
{
    /// <summary>The largest form that a page takes: all lines of a mass order fit in.</summary>
    private const long MostBodyBytes = 1 << 20;

    // For what is under way when the node stops: requests, and calls to providers.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(40);

    /// <summary>A node that is ready to be started. Starting it brings the store forward first.</summary>
    public static WebApplication Build(PanelOptions options, Action<WebApplicationBuilder>? also = null)
    {
        // What is configured holds until the node is started again. To watch for changes would mean to watch every folder below the one that it was started in.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(Limits);
        builder.Logging.AddTallyLogs(options.LogFormat);
        builder.Logging.AddFilter(null, options.Quiet ? LogLevel.Warning : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // While anything may be logged under this name, each request gets an activity and a scope of its own, whether a line is written or not. What fails is logged by us.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", options.Quiet ? LogLevel.Warning : LogLevel.Information);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = options.Drain + ShutdownTimeout);

        var services = builder.Services;
        services.AddTallyTelemetry(builder.Configuration);
        services.AddHostedService<StoreStart>();
        services.AddHostedService<StoreWatch>();
        services.AddHostedService(p => new Drain(options.Drain, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Drain>>()));
        services.AddTally(Database.Open(options.Database));
        services.AddHostedService<SnapshotPoller>();
        services.AddHostedService(static p => new MemoryAtRest(p.GetRequiredService<Database>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<MemoryAtRest>>()));
        services.AddKeyUses();
        if (options.Roles.HasFlag(NodeRoles.Worker))
        {
            services.AddOrderWorkers();
            services.AddProviderWorkers();
            services.AddCatalogWorkers();
            services.AddMailWorker();
            services.AddHostedService<WatchAlerts>();
        }

        if (options.Roles.HasFlag(NodeRoles.Web))
        {
            services.AddApiV2();
            services.AddPages();
        }

        also?.Invoke(builder);
        var app = builder.Build();
        if (options.Roles.HasFlag(NodeRoles.Web))
        {
            app.UseApiV2();
            app.UseRouting();
            app.UseUi();
        }

        app.MapHealth();
        app.MapTallyMetrics();
        if (options.Roles.HasFlag(NodeRoles.Web))
        {
            app.MapTallyPages();
        }

        return app;
    }

    private static void Limits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);

        // For the pages' forms, which anybody may send; API v2 and webhooks count for themselves.
        kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
    }
}

/// <summary>Brings the store forward before anything reads it, gives the panel its name in references, and encrypts keys that stand in the clear.</summary>
internal sealed class StoreStart(Migrator migrator, Settings.SettingsSnapshot settings, SecureProviderKeys providerKeys, ILogger<StoreStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var migration in await migrator.MigrateAsync(cancellationToken))
        {
            logger.LogInformation("Applied migration {Module}/{Name}", migration.Module, migration.Name);
        }

        await settings.EnsurePanelIdAsync(cancellationToken);
        await providerKeys.RunAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
