// One violation of each rule that is read from compiled code, hidden where real ones hide: in lambdas, async methods and signatures.
// The rules run on this namespace as if it were Tally (RulesCanFailTests).
#pragma warning disable RS0030 // A client made past the guard is one of them.

using System.Data.Common;

namespace Tally.Tests.Architecture.Planted.Catalog
{
    internal sealed record PlantedService(string Name);

    internal static class PlantedPopularity
    {
        // No violation: a generic parameter is a dependency without a namespace.
        public static T Most<T>(IReadOnlyList<T> ranked) => ranked[0];

        // Catalog → Orders, which uses Catalog: half of the cycle, in a signature.
        public static int Count(IEnumerable<Orders.PlantedOrder> orders) => orders.Count();
    }
}

namespace Tally.Tests.Architecture.Planted.Orders
{
    internal sealed record PlantedOrder(long Id);

    internal static class PlantedPlaceOrder
    {
        // Orders → Catalog: the other half, in a lambda within an async method.
        public static async Task<IReadOnlyList<string>> NamesAsync(IEnumerable<string> names)
        {
            await Task.Yield();
            return [.. names.Select(name => new Catalog.PlantedService(name).Name)];
        }

        // A use case that knows the API's answer, and a page.
        public static async Task<object> AnswerAsync()
        {
            await Task.Yield();
            return new ApiV2.PlantedAnswer(Pages.PlantedPage.Title);
        }
    }

    // A module that maps its own page is no violation.
    internal static class PlantedOrdersModule
    {
        public static string Map() => Pages.PlantedPage.Title;
    }
}

namespace Tally.Tests.Architecture.Planted.Orders.Pages
{
    internal static class PlantedPage
    {
        public static string Title => "Orders";

        // No violation: telling the visitor that the store does not answer.
        public static string Words(Exception failure) => failure is DbException ? "Try again later." : "";

        // A page that asks the database itself.
        public static async Task<object?> CountAsync(DbConnection connection)
        {
            await using var command = connection.CreateCommand();
            return await command.ExecuteScalarAsync();
        }
    }
}

namespace Tally.Tests.Architecture.Planted.ApiV2
{
    internal sealed record PlantedAnswer(string Text);
}

namespace Tally.Tests.Architecture.Planted.Billing
{
    internal static class PlantedTopUp
    {
        // An HttpClient made past the guard, in a lambda.
        public static Func<HttpClient> Client => () => new HttpClient();
    }
}

namespace Tally.Tests.Architecture.Planted.Guard
{
    internal static class PlantedGuard
    {
        public static HttpClient CreateClient() => new();
    }
}
