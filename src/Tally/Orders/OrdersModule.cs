using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Orders.Workers;

namespace Tally.Orders;

/// <summary>Orders: placing, reading, changing, cancelling, refilling, and the workers that bring them to their ends.</summary>
public static class OrdersModule
{
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<OrderIds>();
        services.AddSingleton<DispatchBell>();
        services.AddSingleton<WorkingProviders>();
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<OrderReferences>();
        services.AddSingleton<PlaceOrder>();
        services.AddSingleton<PlaceMassOrder>();
        services.AddSingleton<QuoteOrder>();
        services.AddSingleton<ReadOrderAgain>();
        services.AddSingleton<ReadOrders>();
        services.AddSingleton<ListOrders>();
        services.AddSingleton<CountOrders>();
        services.AddSingleton<ExportOrders>();
        services.AddSingleton<ExportTurns>();
        services.AddSingleton<ReadOneOrder>();
        services.AddSingleton<ListRefills>();
        services.AddSingleton<ChangeOrders>();
        services.AddSingleton<CancelOrder>();
        services.AddSingleton<RefillOrder>();
        services.AddSingleton<ReadRefills>();
        services.AddSingleton<SettleRefill>();
        services.AddSingleton<ReadCancels>();
        services.AddSingleton<RejectCancel>();
        services.AddSingleton<VerifyOrders>();
        services.AddSingleton<SettleOrder>();
        services.AddSingleton<AttendOrder>();
        services.TryAddSingleton<Node>();
        services.AddSingleton<OrderClaims>();
        services.AddSingleton<SyncSchedule>();
        services.AddSingleton<SyncPace>();
        services.AddSingleton<SyncTurns>();
        services.AddSingleton<SyncQueue>();
        services.AddSingleton<SentOrders>();
        services.AddSingleton<TakeOver>();
        services.AddSingleton<ApplyStatus>();
        services.AddSingleton<SubscriptionOrders>();
        services.AddSingleton<RefillQueue>();
        return services;
    }

    /// <summary>The loops of a node with the role <c>worker</c>.</summary>
    public static IServiceCollection AddOrderWorkers(this IServiceCollection services)
    {
        // First to start and last to stop: the node is known before it claims anything, and until nothing of it is under way.
        services.AddHostedService<NodeWatch>();
        services.AddHostedService<SendOrders>();
        services.AddHostedService<RerouteOrders>();
        services.AddHostedService<WatchAttention>();
        services.AddHostedService<SyncOrders>();
        services.AddHostedService<DripfeedRuns>();
        services.AddHostedService<ForwardCancels>();
        services.AddHostedService<ForwardRefills>();
        services.AddHostedService<FollowRefills>();
        services.AddHostedService<WatchRequests>();
        services.AddHostedService<ReckonTimes>();
        return services;
    }
}
