using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Tally.Mail;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Mail;

public sealed class MailServerTests
{
    [Theory, BothStores]
    public async Task The_password_is_stored_encrypted_and_used_and_every_node_knows_the_server(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var other = await TestPanel.JoinAsync(panel.Database);
        await using var sink = new SmtpSink();
        await panel.SetAsync("address", "https://panel.example");
        await panel.Get<SetMailServer>().RunAsync(Server(sink.Port) with { User = "an" }, "geheim-1", CancellationToken.None);
        await using (var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None))
        {
            var stored = await connection.QuerySingleAsync<string>("SELECT password FROM mail_server");
            stored.ShouldNotBeEmpty();
            stored.ShouldNotContain("geheim");
        }

        await TestPanel.WaitAsync(() => Task.FromResult(other.Get<MailServers>().Current is not null), "the other node knows the server");
        await other.Get<TestMail>().RunAsync("binh@example.com", CancellationToken.None);
        sink.SignIns.ShouldBe(["an geheim-1"]);
        sink.Received.ShouldHaveSingleItem().To.ToString().ShouldBe("binh@example.com");
    }

    [Theory, BothStores]
    public async Task There_is_no_mail_server_without_the_panels_address(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        (await Should.ThrowAsync<InvalidInputException>(() => panel.Get<SetMailServer>().RunAsync(Server(25), null, CancellationToken.None))).Message.ShouldContain("settings set address");
        panel.Get<MailServers>().Current.ShouldBeNull();
    }

    [Theory]
    [InlineData("", 25, "a@example.com", "")]
    [InlineData("mail example", 25, "a@example.com", "")]
    [InlineData("mail.example", 0, "a@example.com", "")]
    [InlineData("mail.example", 70000, "a@example.com", "")]
    [InlineData("mail.example", 25, "nobody", "")]
    [InlineData("mail.example", 25, "A <a@example.com>", "")]
    [InlineData("mail.example", 25, "a@example.com", "two\nlines")]
    public async Task What_is_no_server_is_refused(string host, int port, string from, string name)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        await panel.SetAsync("address", "https://panel.example");
        await Should.ThrowAsync<InvalidInputException>(() => panel.Get<SetMailServer>().RunAsync(new MailServer(host, port, MailSecurity.Auto, "", "", from, name), null, CancellationToken.None));
    }

    [Theory, BothStores]
    public async Task What_the_server_says_to_a_test_mail_is_passed_on(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        box.Server.Refuse = line => line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) ? "550 relay denied" : null;
        (await Should.ThrowAsync<InvalidInputException>(() => panel.Get<TestMail>().RunAsync("an@example.com", CancellationToken.None))).Message.ShouldContain("relay denied");
    }

    [Theory, BothStores]
    public async Task Without_a_server_a_mail_stands_in_the_log_with_its_link(StoreKind kind)
    {
        using var log = new KeptLog("Tally.Mail");
        await using var panel = await TestPanel.StartAsync(kind, also: b =>
        {
            b.Services.AddSingleton<ILoggerProvider>(log);
            b.Logging.AddFilter("Tally.Mail", LogLevel.Information);
        });
        await panel.Get<Outbox>().AddAsync(new MailDraft("reset", "an@example.com", "en", null, new Uri("https://x.example/reset-password?account=1&code=abc")), CancellationToken.None);
        await panel.Get<SendMails>().RunOnceAsync(CancellationToken.None);
        var line = log.Lines.Single(l => l.Contains("an@example.com", StringComparison.Ordinal));
        Tally.Operations.Secrets.Redact(line).ShouldContain("https://x.example/reset-password?account=1&code=abc");
    }

    private static MailServer Server(int port) => new("127.0.0.1", port, MailSecurity.None, "", "", "panel@panel.example", "");
}
