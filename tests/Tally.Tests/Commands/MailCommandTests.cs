using Shouldly;
using Tally.Testing;
using Tally.Tests.Mail;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class MailCommandTests
{
    [Theory, BothStores]
    public async Task A_mail_server_is_set_tried_shown_and_taken_away(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var sink = new SmtpSink();
        var port = sink.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] set = ["mail", "set", "--host", "127.0.0.1", "--port", port, "--security", "none", "--from", "panel@panel.example"];
        (await tally.RunAsync("mail", "show")).ShouldSucceed().Output.ShouldContain("no mail server");
        (await tally.RunAsync("mail", "test", "an@example.com")).ShouldFail("There is no mail server");
        (await tally.RunAsync(set)).ShouldFail("Set the panel's address first");
        (await tally.RunAsync("settings", "set", "address", "https://panel.example")).ShouldSucceed();
        var input = Console.In;
        try
        {
            Console.SetIn(new StringReader("geheim-1\n"));
            (await tally.RunAsync([.. set, "--user", "an"])).ShouldSucceed();
            (await tally.RunAsync([.. set, "--user", "an"])).ShouldFail("the password is read from standard input");
        }
        finally
        {
            Console.SetIn(input);
        }

        var shown = (await tally.RunAsync("mail", "show")).ShouldSucceed();
        shown.Lines.ShouldBe([$"127.0.0.1:{port} (None) as an, from panel@panel.example"]);
        (await tally.JsonAsync("mail", "show")).ToString().ShouldNotContain("assword");
        (await tally.RunAsync("mail", "test", "an@example.com")).ShouldSucceed();
        sink.SignIns.ShouldBe(["an geheim-1"]);
        sink.Received.ShouldHaveSingleItem().Subject.ShouldBe("A test mail of Tally");
        (await tally.RunAsync("mail", "list")).ShouldSucceed().Output.ShouldBeEmpty();
        (await tally.RunAsync("mail", "seen")).ShouldFail("No alert about mails is open.");
        (await tally.RunAsync("mail", "off")).ShouldSucceed();
        (await tally.RunAsync("mail", "show")).ShouldSucceed().Output.ShouldContain("no mail server");
    }
}
