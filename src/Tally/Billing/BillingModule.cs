namespace Tally.Billing;

/// <summary>The cash desk.</summary>
public static class BillingModule
{
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.AddSingleton<ReadBalance>();
        services.AddSingleton<CreditAccount>();
        return services;
    }
}
