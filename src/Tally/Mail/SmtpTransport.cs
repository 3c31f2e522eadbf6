using System.Globalization;
using System.Security.Cryptography;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.DataProtection;
using MimeKit;
using Tally.Settings;

namespace Tally.Mail;

/// <summary>How handing over a mail went wrong.</summary>
public sealed class MailRefusedException(string message, bool forGood, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again would not help: the server refuses this mail or this recipient.</summary>
    public bool ForGood { get; } = forGood;
}

/// <summary>Hands mails to the server, by MailKit.</summary>
public sealed class SmtpTransport(SettingsSnapshot settings, IDataProtectionProvider protection)
{
    private const int TimeoutMs = 20_000;

    /// <summary>Connects and signs in; the caller disposes it.</summary>
    /// <exception cref="MailRefusedException">The server cannot be reached, or does not let us in.</exception>
    public async Task<SmtpConnection> ConnectAsync(MailServer server, CancellationToken ct)
    {
        var client = new SmtpClient { Timeout = TimeoutMs };
        try
        {
            await client.ConnectAsync(server.Host, server.Port, server.Security switch
            {
                MailSecurity.None => SecureSocketOptions.None,
                MailSecurity.StartTls => SecureSocketOptions.StartTls,
                MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
                _ => SecureSocketOptions.Auto,
            }, ct);
            if (server.User.Length > 0)
            {
                await client.AuthenticateAsync(server.User, Password(server), ct);
            }

            return new SmtpConnection(client, new MailboxAddress(server.FromName.Length > 0 ? server.FromName : settings.Current.Name, server.FromAddress), settings.Current.PanelId);
        }
        catch (Exception e) when (SmtpConnection.IsServers(e))
        {
            client.Dispose();
            throw new MailRefusedException($"{server.Host}:{server.Port.ToString(CultureInfo.InvariantCulture)}: {e.Message}", forGood: false, e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private string Password(MailServer server)
    {
        try
        {
            return server.EncryptedPassword.Length == 0 ? "" : MailPassword.Protector(protection).Unprotect(server.EncryptedPassword);
        }
        catch (CryptographicException e)
        {
            throw new MailRefusedException("The mail server's password cannot be decrypted with this store's keys. Set it again: tally mail set", forGood: false, e);
        }
    }
}

/// <summary>An open connection to the mail server.</summary>
public sealed class SmtpConnection(SmtpClient client, MailboxAddress from, string panel) : IDisposable
{
    /// <summary>Hands over a mail.</summary>
    /// <param name="id">Its number: a mail that is handed over twice has the same Message-Id, by which mail programs show it once.</param>
    /// <exception cref="MailRefusedException">It was not taken.</exception>
    public async Task SendAsync(long id, string to, WrittenMail mail, DateTimeOffset now, CancellationToken ct)
    {
        using var message = new MimeMessage
        {
            Subject = mail.Subject,
            Date = now,
            MessageId = string.Create(CultureInfo.InvariantCulture, $"mail-{id}.{panel}@{from.Domain}"),
            Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress("", to));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        try
        {
            await client.SendAsync(message, ct);
        }
        catch (SmtpCommandException e)
        {
            throw new MailRefusedException(e.Message, (int)e.StatusCode >= 500, e);
        }
        catch (Exception e) when (IsServers(e))
        {
            throw new MailRefusedException(e.Message, forGood: false, e);
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>Whether it is the server or the way to it that failed, and not our own work.</summary>
    internal static bool IsServers(Exception e) =>
        e is CommandException or ProtocolException or ServiceNotConnectedException or ServiceNotAuthenticatedException or AuthenticationException or SslHandshakeException
            or IOException or System.Net.Sockets.SocketException or TimeoutException or NotSupportedException;
}
