using System.Net.Mail;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Tally.Platform.Db;
using Tally.Settings;

namespace Tally.Mail;

/// <summary>Sets the server that mails are handed to, or takes it away; every node follows within a second. The password is stored encrypted.</summary>
public sealed class SetMailServer(Database database, MailServers servers, SettingsSnapshot settings, IDataProtectionProvider protection)
{
    /// <param name="server">Its encrypted password is not looked at; null = no server, mails go to the log.</param>
    /// <param name="password">In the clear; null = there is none.</param>
    /// <exception cref="InvalidInputException">Something does not fit, or the panel's address is not set: links in mails must not be what a request says of itself.</exception>
    public async Task RunAsync(MailServer? server, string? password, CancellationToken ct)
    {
        if (server is not null)
        {
            Check(server);
        }

        var encrypted = string.IsNullOrEmpty(password) ? "" : MailPassword.Protector(protection).Protect(password);
        await database.WriteAsync(
            async tx =>
            {
                await Changes.BumpAsync(tx, MailServers.TopicName);
                await tx.Connection.ExecuteAsync(new CommandDefinition("DELETE FROM mail_server", null, tx.Transaction, cancellationToken: ct));
                if (server is not null)
                {
                    await tx.Connection.ExecuteAsync(new CommandDefinition(
                        """
                        INSERT INTO mail_server (id, host, port, security, user_name, password, from_address, from_name)
                        VALUES (1, @Host, @Port, @security, @User, @encrypted, @FromAddress, @FromName)
                        """,
                        new { server.Host, server.Port, security = server.Security.ToString(), server.User, encrypted, server.FromAddress, server.FromName }, tx.Transaction, cancellationToken: ct));
                }
            },
            ct);
        await servers.RefreshAsync(ct);
    }

    private void Check(MailServer server)
    {
        if (settings.Current.Address.Length == 0)
        {
            throw new InvalidInputException("Set the panel's address first, which links in mails begin with: tally settings set address https://panel.example");
        }

        if (Uri.CheckHostName(server.Host) == UriHostNameType.Unknown || server.Port is < 1 or > 65_535 || !Enum.IsDefined(server.Security))
        {
            throw new InvalidInputException("A mail server is a host name or address, a port from 1 to 65535, and auto, none, starttls or tls.");
        }

        if (!MailAddress.TryCreate(server.FromAddress, out var from) || from.Address != server.FromAddress)
        {
            throw new InvalidInputException($"'{server.FromAddress}' is no address that mails can be sent from.");
        }

        if (server.FromName.Length > 100 || server.FromName.Any(char.IsControl))
        {
            throw new InvalidInputException("The sender's name is one line of at most 100 characters.");
        }
    }
}

/// <summary>The mail server's password in the store.</summary>
internal static class MailPassword
{
    public static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Tally.Mail.Password");
}
