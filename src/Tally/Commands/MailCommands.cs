using System.CommandLine;
using System.Globalization;
using Tally.Mail;
using Tally.Settings;

namespace Tally.Commands;

/// <summary><c>mail set</c>, <c>mail off</c>, <c>mail show</c>, <c>mail test</c>, <c>mail list</c>, <c>mail seen</c>.</summary>
internal static class MailCommands
{
    public static Command Build() => new("mail", "Mails to customers, and the server that they are handed to") { Set(), Off(), Show(), Test(), List(), Seen() };

    private static Command Set()
    {
        var host = new Option<string>("--host") { Description = "The server's name or address", Required = true };
        var port = new Option<int>("--port") { Description = "Its port", DefaultValueFactory = _ => 587 };
        var security = new Option<MailSecurity>("--security") { Description = "auto, none, starttls or tls" };
        var user = new Option<string?>("--user") { Description = "Who signs in there; the password is read from standard input" };
        var from = new Option<string>("--from") { Description = "The address that mails are sent from", Required = true };
        var fromName = new Option<string?>("--from-name") { Description = "The sender's name; the panel's when left out" };
        return CommandScope.On("set", "Set the mail server", [host, port, security, user, from, fromName], async (scope, parsed, ct) =>
        {
            await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
            var name = parsed.GetValue(user) ?? "";
            var password = name.Length == 0 ? null : await PasswordAsync(ct);
            var server = new MailServer(parsed.GetValue(host)!, parsed.GetValue(port), parsed.GetValue(security), name, "", parsed.GetValue(from)!, parsed.GetValue(fromName) ?? "");
            await scope.Get<SetMailServer>().RunAsync(server, password, ct);
            scope.Say(server, [$"mails go to {Line(server)}", "To see whether they arrive: tally mail test EMAIL"]);
        });
    }

    private static Command Off() => CommandScope.On("off", "Take the mail server away: mails are written to the log", [], async (scope, _, ct) =>
    {
        await scope.Get<SetMailServer>().RunAsync(null, null, ct);
        scope.Say(new { server = (string?)null }, ["mails are written to the log"]);
    });

    private static Command Show() => CommandScope.On("show", "The mail server", [], async (scope, _, ct) =>
    {
        await scope.Get<MailServers>().RefreshAsync(ct);
        var server = scope.Get<MailServers>().Current;
        scope.Say(new { server }, [server is null ? "no mail server: mails are written to the log" : Line(server)]);
    });

    private static Command Test()
    {
        var to = new Argument<string>("email") { Description = "Where to send it" };
        return CommandScope.On("test", "Send a test mail at once, and say what the server says", [to], async (scope, parsed, ct) =>
        {
            await scope.Get<SettingsSnapshot>().RefreshAsync(ct);
            await scope.Get<TestMail>().RunAsync(parsed.GetValue(to)!, ct);
            scope.Say(new { to = parsed.GetValue(to), sent = true }, [$"the server has taken the mail to {parsed.GetValue(to)}"]);
        });
    }

    private static Command List()
    {
        var waiting = new Option<bool>("--waiting") { Description = "Only those that are not sent" };
        return CommandScope.On("list", "The newest mails, and what became of them", [waiting], async (scope, parsed, ct) =>
        {
            var mails = await scope.Get<ReadMails>().RunAsync(parsed.GetValue(waiting), ct);
            scope.Say(mails, mails.Select(m => string.Create(CultureInfo.InvariantCulture,
                $"{m.Id,6}  {m.CreatedAt:u}  {m.Kind,-10} {m.Recipient}  {(m.SentAt is { } at ? $"sent {at:u}" : m.DueAt is { } due ? $"due {due:u}" : "given up")}{(m.Problem is null ? "" : ": " + m.Problem)}")));
        });
    }

    private static Command Seen() => CommandScope.On("seen", "End the alert about mails that were given up", [], async (scope, _, ct) =>
    {
        if (!await scope.Get<GivenUpMails>().SeenAsync(ct))
        {
            throw new InvalidInputException("No alert about mails is open.");
        }

        scope.Say(new { seen = true }, ["the alert about mails is over"]);
    });

    private static string Line(MailServer s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.Host}:{s.Port} ({s.Security}){(s.User.Length > 0 ? " as " + s.User : "")}, from {(s.FromName.Length > 0 ? $"{s.FromName} <{s.FromAddress}>" : s.FromAddress)}");

    private static async Task<string> PasswordAsync(CancellationToken ct)
    {
        if (!Console.IsInputRedirected)
        {
            await Console.Error.WriteAsync("password: ");
        }

        return (await Console.In.ReadLineAsync(ct))?.Trim() is { Length: > 0 } password ? password : throw new InvalidInputException("With --user, the password is read from standard input: there was none.");
    }
}
