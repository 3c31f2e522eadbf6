namespace Tally.Catalog;

/// <summary>What the panel sells.</summary>
public static class CatalogModule
{
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddSnapshot<Catalog>();
        services.AddSingleton<SaveServices>();
        services.AddSingleton<WriteCatalogue>();
        services.AddSingleton<QuarantineAlert>();
        services.AddSingleton<CatalogueTurns>();
        services.AddSingleton<ImportServices>();
        services.AddSingleton<SyncCatalogue>();
        services.AddSingleton<ReviewQuarantine>();
        services.AddSingleton<SetService>();
        services.AddSingleton<SetPriceRule>();
        services.AddSingleton<ReadUpdates>();
        services.AddSnapshot<CustomerPrices>();
        services.AddSingleton<SetCustomerPrice>();
        services.AddSnapshot<CompletionTimes>();
        services.AddSingleton<Favourites>();
        services.AddSingleton<BrowseServices>();
        return services;
    }

    /// <summary>The loop of a node with the role <c>worker</c>.</summary>
    public static IServiceCollection AddCatalogWorkers(this IServiceCollection services) => services.AddHostedService<SyncCatalogues>();
}
