using Microsoft.Extensions.DependencyInjection.Extensions;
using Tally.Billing.Gateways;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Billing.Gateways.StripeCheckout;

namespace Tally.Billing;

/// <summary>The cash desk.</summary>
public static class BillingModule
{
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.AddSingleton<ReadBalance>();
        services.AddSingleton<CreditAccount>();
        services.AddSingleton<ReadStatement>();
        services.AddSingleton<ReadPayments>();
        services.AddSingleton<VerifyPayments>();
        services.AddSingleton<StartPayment>();
        services.AddSingleton<AcknowledgePayment>();
        services.AddGateways();
        return services;
    }

    private static void AddGateways(this IServiceCollection services)
    {
        services.AddSingleton<GatewaySecrets>();
        services.AddSnapshot<GatewayBook>();
        services.AddSingleton<SetGateway>();
        services.AddSingleton<ListGateways>();

        services.AddSingleton<IGateway, BankTransferGateway>();
        services.AddSingleton<PrepareTransfer>();
        services.AddSingleton<ReceiveBankTransfer>();
        services.AddSingleton<SettleTransfer>();

        services.TryAddSingleton(StripeAddress.Usual);
        services.AddSingleton<StripeClients>();
        services.AddSingleton<IGateway, StripeGateway>();
        services.AddSingleton<ReceiveCardNews>();
    }
}
