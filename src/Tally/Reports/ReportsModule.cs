using Tally.Reports.Pages;

namespace Tally.Reports;

/// <summary>What an account sees of its own doings in figures.</summary>
public static class ReportsModule
{
    public static IServiceCollection AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ReadSpending>();
        services.AddSingleton<ReadActivity>();
        return services;
    }

    public static void MapReportsPages(this IEndpointRouteBuilder routes) => ReportsPages.Map(routes);
}
