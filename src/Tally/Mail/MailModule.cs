namespace Tally.Mail;

/// <summary>Mails to customers.</summary>
public static class MailModule
{
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        return services;
    }
}
