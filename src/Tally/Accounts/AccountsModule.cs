using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tally.Accounts;

/// <summary>Customers' accounts, their keys, and from where they may be used.</summary>
public static class AccountsModule
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSnapshot<ApiKeys>();
        services.TryAddSingleton<AccountBook>();
        services.AddSingleton<IssueKey>();
        services.AddSingleton<SaveAddresses>();
        services.AddSingleton<Notices>();
        return services;
    }

    /// <summary>Writes the keys' last uses now and then.</summary>
    public static IServiceCollection AddKeyUses(this IServiceCollection services) => services.AddHostedService<KeyUses>();
}
