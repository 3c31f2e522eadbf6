namespace Tally.Catalog;

/// <summary>What the panel sells.</summary>
public static class CatalogModule
{
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddSnapshot<Catalog>();
        services.AddSingleton<SaveServices>();
        services.AddSingleton<ImportServices>();
        return services;
    }
}
