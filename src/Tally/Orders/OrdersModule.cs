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
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<OrderReferences>();
        services.AddSingleton<PlaceOrder>();
        services.AddSingleton<ReadOrders>();
        services.AddSingleton<ChangeOrders>();
        services.AddSingleton<CancelOrder>();
        services.AddSingleton<RefillOrder>();
        services.AddSingleton<ReadRefills>();
        services.AddSingleton<VerifyOrders>();
        services.AddSingleton<SettleOrder>();
        services.AddSingleton<AttendOrder>();
        services.TryAddSingleton<Node>();
        services.AddSingleton<OrderClaims>();
        services.AddSingleton<SyncSchedule>();
        services.AddSingleton<SentOrders>();
        return services;
    }

    /// <summary>The loops of a node with the role <c>worker</c>.</summary>
    public static IServiceCollection AddOrderWorkers(this IServiceCollection services)
    {
        services.AddHostedService<SendOrders>();
        services.AddHostedService<SyncOrders>();
        services.AddHostedService<DripfeedRuns>();
        services.AddHostedService<ForwardCancels>();
        services.AddHostedService<ForwardRefills>();
        return services;
    }
}
