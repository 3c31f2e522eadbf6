using MimeKit;
using Shouldly;
using Tally.Mail;

namespace Tally.Tests.Mail;

/// <summary>The inboxes of a panel's customers: a real mail server that the panel hands its mails to, from its outbox, when somebody looks.</summary>
internal sealed class Mailbox : IAsyncDisposable
{
    /// <summary>What the panel's links begin with.</summary>
    public const string Address = "https://panel.example";

    private readonly TestPanel _panel;

    private Mailbox(TestPanel panel) => _panel = panel;

    public SmtpSink Server { get; } = new();

    public static async Task<Mailbox> OpenAsync(TestPanel panel)
    {
        var box = new Mailbox(panel);
        await panel.SetAsync("address", Address);
        await panel.Get<SetMailServer>().RunAsync(new MailServer("127.0.0.1", box.Server.Port, MailSecurity.None, "", "", "panel@panel.example", ""), null, CancellationToken.None);
        return box;
    }

    /// <summary>Everything that was sent to an address so far, oldest first.</summary>
    public async Task<IReadOnlyList<MimeMessage>> ReadAsync(string to)
    {
        while (await _panel.Get<SendMails>().RunOnceAsync(CancellationToken.None))
        {
            // Until the outbox is empty.
        }

        return [.. Server.Received.Where(m => m.To.Mailboxes.Single().Address == to)];
    }

    /// <summary>The newest mail to an address.</summary>
    public async Task<MimeMessage> NewestAsync(string to)
    {
        var mails = await ReadAsync(to);
        mails.ShouldNotBeEmpty($"No mail to {to}");
        return mails[^1];
    }

    /// <summary>Where the link of the newest mail to an address leads, without the host.</summary>
    public async Task<string> LinkAsync(string to) => Link(await NewestAsync(to));

    /// <summary>Where a mail's link leads, without the host.</summary>
    public static string Link(MimeMessage mail)
    {
        var line = mail.TextBody!.Split('\n').Select(l => l.Trim()).Single(l => l.StartsWith("http", StringComparison.Ordinal));
        line.ShouldStartWith(Address + "/");
        return line[Address.Length..];
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
