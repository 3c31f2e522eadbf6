namespace Tally.Mail;

/// <summary>Hands a test mail to the server at once, past the outbox, so that the operator sees what the server says.</summary>
public sealed class TestMail(MailServers servers, SmtpTransport transport, WriteMail write, TimeProvider time)
{
    /// <exception cref="InvalidInputException">There is no server, or it did not take the mail.</exception>
    public async Task RunAsync(string to, CancellationToken ct)
    {
        await servers.RefreshAsync(ct);
        var server = servers.Current ?? throw new InvalidInputException("There is no mail server. To set one: tally mail set");
        if (!System.Net.Mail.MailAddress.TryCreate(to, out var address) || address.Address != to)
        {
            throw new InvalidInputException($"'{to}' is no e-mail address.");
        }

        try
        {
            using var connection = await transport.ConnectAsync(server, ct);
            await connection.SendAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), to, write.Run("test", "", null, []), time.GetUtcNow(), ct);
        }
        catch (MailRefusedException e)
        {
            throw new InvalidInputException("The mail was not taken: " + e.Message);
        }
    }
}
