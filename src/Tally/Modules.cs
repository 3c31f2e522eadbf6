using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Accounts;
using Tally.Accounts.Pages;
using Tally.ApiV2.Pages;
using Tally.Billing;
using Tally.Billing.Pages;
using Tally.Billing.Webhooks;
using Tally.Catalog;
using Tally.Catalog.Pages;
using Tally.Ledger;
using Tally.Mail;
using Tally.Operations;
using Tally.Orders;
using Tally.Orders.Pages;
using Tally.Orders.Pages.New;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Reports;
using Tally.Settings;
using Tally.Storefront;
using Tally.Ui;

namespace Tally;

/// <summary>The panel's features, in one place.</summary>
public static class Modules
{
    /// <summary>Everything but the web: what the commands, the server and its workers share.</summary>
    public static IServiceCollection AddTally(this IServiceCollection services, Database database)
    {
        services.AddSingleton(_ => database); // made by a factory, so that the container closes it, last of all
        services.AddSingleton<PreparedReads>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new GeneralLedger(database.Kind == DatabaseKind.Postgres ? LedgerDialect.Postgres : LedgerDialect.Sqlite));
        services.AddSingleton(p => new Migrator(database, p.GetRequiredService<TimeProvider>(), Store));
        services.AddSingleton<Alerts>();
        services.TryAddSingleton(_ => FaultPoints.FromEnvironment());
        services.AddSettings();
        services.AddMail();
        services.AddAccounts();
        services.AddCatalog();
        services.AddProviders();
        services.AddBilling();
        services.AddOrders();
        services.AddStorefront();
        services.AddReports();
        return services;
    }

    /// <summary>The pages of all features.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddUi();
        services.AddAccountsPages();
        services.AddOrdersPages();
        services.AddNewOrderPages();
        services.AddApiPages();
        return services;
    }

    /// <summary>Maps the pages of all features.</summary>
    public static void MapTallyPages(this IEndpointRouteBuilder routes)
    {
        routes.MapUi();
        routes.MapAccountsPages();
        routes.MapStorefrontPages();
        routes.MapReportsPages();
        routes.MapBillingPages();
        routes.MapWebhooks();
        routes.MapOrdersPages();
        routes.MapCatalogPages();
        routes.MapNewOrderPages();
        routes.MapApiPages();
    }

    /// <summary>A singleton that is also a copy of something in the store.</summary>
    public static IServiceCollection AddSnapshot<T>(this IServiceCollection services)
        where T : class, ISnapshot
    {
        services.AddSingleton<T>();
        services.AddSingleton<ISnapshot>(p => p.GetRequiredService<T>());
        return services;
    }

    /// <summary>Whose tables make up the store, in the order in which they are brought forward.</summary>
    public static IReadOnlyList<MigrationSource> Store { get; } =
        [new("ledger", typeof(GeneralLedger).Assembly), new("tally", typeof(Modules).Assembly)];
}
