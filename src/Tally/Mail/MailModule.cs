namespace Tally.Mail;

/// <summary>Mails to customers: written in the transaction of what they tell of, sent afterwards.</summary>
public static class MailModule
{
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSnapshot<MailServers>();
        services.AddSingleton<SetMailServer>();
        services.AddSingleton<WriteMail>();
        services.AddSingleton<SmtpTransport>();
        services.AddSingleton<TestMail>();
        services.AddSingleton<ReadMails>();
        services.AddSingleton<GivenUpMails>();
        services.AddSingleton<SendMails>();
        return services;
    }

    /// <summary>The loop of a node with the role <c>worker</c>.</summary>
    public static IServiceCollection AddMailWorker(this IServiceCollection services) => services.AddHostedService(p => p.GetRequiredService<SendMails>());
}
