using Dapper;
using Shouldly;
using Tally.Mail;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Testing;
using Tally.Tests.Orders;
using Xunit;

namespace Tally.Tests.Mail;

public sealed class SendMailsTests
{
    private static readonly MailDraft Draft = new("reset", "an@example.com", "vi", null, new Uri("https://panel.example/reset-password?account=1&code=abc"));

    [Theory, BothStores]
    public async Task A_mail_is_sent_once_in_its_language_as_text_and_html_and_then_emptied(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        await panel.SetAsync("name", "Bảng <Việt>");
        await panel.Get<Outbox>().AddAsync(Draft, CancellationToken.None);
        var mail = await box.NewestAsync("an@example.com");
        mail.Subject.ShouldBe("Đặt lại mật khẩu Bảng <Việt>");
        mail.From.Mailboxes.Single().ToString().ShouldContain("panel@panel.example");
        mail.From.Mailboxes.Single().Name.ShouldBe("Bảng <Việt>");
        mail.TextBody!.ShouldContain("https://panel.example/reset-password?account=1&code=abc");
        mail.HtmlBody!.ShouldContain("https://panel.example/reset-password?account=1&amp;code=abc");
        mail.HtmlBody!.ShouldContain("Bảng &lt;Việt&gt;");
        mail.HtmlBody!.ShouldNotContain("<Việt>");
        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1);
        var row = (await panel.Get<ReadMails>().RunAsync(waiting: false, CancellationToken.None)).Single();
        (row.SentAt is not null, row.DueAt, row.Attempts, row.Problem).ShouldBe((true, null, 1, null));
        (await ReadAsync<string>(panel, "SELECT content FROM mails")).ShouldBe("");
    }

    [Theory, BothStores]
    public async Task A_mail_that_is_not_taken_is_tried_again_later_and_sent_once(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        await using var box = await Mailbox.OpenAsync(panel);
        box.Server.Refuse = line => line == "<message>" ? "451 later" : null;
        await panel.Get<Outbox>().AddAsync(Draft, CancellationToken.None);
        (await box.ReadAsync("an@example.com")).ShouldBeEmpty();
        var waiting = (await panel.Get<ReadMails>().RunAsync(waiting: true, CancellationToken.None)).Single();
        (waiting.Attempts, waiting.Problem!.Contains("later", StringComparison.Ordinal)).ShouldBe((1, true));
        box.Server.Refuse = _ => null;
        (await box.ReadAsync("an@example.com")).ShouldBeEmpty("Not before its pause is over");
        clock.Move(TimeSpan.FromSeconds(61));
        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1);
        clock.Move(TimeSpan.FromHours(5));
        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1);
    }

    [Theory, BothStores]
    public async Task A_recipient_that_is_refused_for_good_is_given_up_at_once_and_holds_up_nobody(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        box.Server.Refuse = line => line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && line.Contains("gone@", StringComparison.Ordinal) ? "550 no such user" : null;
        await panel.Get<Outbox>().AddAsync(Draft with { To = "gone@example.com" }, CancellationToken.None);
        await panel.Get<Outbox>().AddAsync(Draft, CancellationToken.None);
        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1);
        var gone = (await panel.Get<ReadMails>().RunAsync(waiting: true, CancellationToken.None)).Single();
        (gone.Recipient, gone.DueAt, gone.Attempts).ShouldBe(("gone@example.com", null, 1));
        gone.Problem!.ShouldContain("no such user");
    }

    [Theory, BothStores]
    public async Task After_twelve_attempts_a_mail_is_given_up(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        await using (var box = await Mailbox.OpenAsync(panel))
        {
            box.Server.Refuse = line => line == "<message>" ? "451 later" : null;
            await panel.Get<Outbox>().AddAsync(Draft, CancellationToken.None);
            for (var i = 0; i < SendMails.MostAttempts; i++)
            {
                (await panel.Get<ReadMails>().RunAsync(waiting: true, CancellationToken.None)).Single().DueAt.ShouldNotBeNull();
                await box.ReadAsync("an@example.com");
                clock.Move(TimeSpan.FromHours(2));
            }
        }

        var given = (await panel.Get<ReadMails>().RunAsync(waiting: true, CancellationToken.None)).Single();
        (given.DueAt, given.Attempts).ShouldBe((null, SendMails.MostAttempts));
        (await ReadAsync<string>(panel, "SELECT content FROM mails")).ShouldBe("");
        (await panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None)).ShouldHaveSingleItem().Kind.ShouldBe(AlertKind.Mails);
    }

    [Theory, BothStores]
    public async Task Mails_that_are_given_up_raise_one_alert_until_somebody_has_seen_them_or_they_are_gone(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var panel = await TestPanel.StartAsync(kind, clock);
        await using var box = await Mailbox.OpenAsync(panel);
        box.Server.Refuse = line => line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) && line.Contains("gone@", StringComparison.Ordinal) ? "550 no such user" : null;
        for (var i = 0; i < 2; i++)
        {
            await panel.Get<Outbox>().AddAsync(Draft with { To = "gone@example.com" }, CancellationToken.None);
        }

        await panel.Get<Outbox>().AddAsync(Draft, CancellationToken.None);
        (await box.ReadAsync("an@example.com")).Count.ShouldBe(1);
        var alert = (await OpenAsync()).ShouldHaveSingleItem();
        (alert.Kind, alert.Times).ShouldBe((AlertKind.Mails, 2));
        alert.Text.ShouldContain("no such user");
        (await panel.Get<GivenUpMails>().SeenAsync(CancellationToken.None), await panel.Get<GivenUpMails>().SeenAsync(CancellationToken.None)).ShouldBe((true, false));
        (await OpenAsync()).ShouldBeEmpty();

        // Nobody says that they have seen the next one: it ends with what it tells of.
        await panel.Get<Outbox>().AddAsync(Draft with { To = "gone@example.com" }, CancellationToken.None);
        await box.ReadAsync("gone@example.com");
        await SweepAsync(days: 29);
        (await OpenAsync()).Count.ShouldBe(1);
        await SweepAsync(days: 2);
        (await OpenAsync()).ShouldBeEmpty();

        Task<IReadOnlyList<Alert>> OpenAsync() => panel.Get<Alerts>().ListAsync(cleared: false, CancellationToken.None);

        // A node sweeps when it starts.
        async Task SweepAsync(int days)
        {
            clock.Move(TimeSpan.FromDays(days));
            await using var node = await TestPanel.JoinAsync(panel.Database, clock);
            await node.Get<SendMails>().RunOnceAsync(CancellationToken.None);
        }
    }

    [Theory, BothStores]
    public async Task Mails_survive_a_restart_and_another_node_sends_what_a_dead_one_had_claimed(StoreKind kind)
    {
        var clock = new MovableClock();
        await using var store = await TestPanel.StartAsync(kind, clock);
        await using var box = await Mailbox.OpenAsync(store);
        await store.Get<Outbox>().AddAsync(Draft, CancellationToken.None);

        // As a node leaves it that died in the middle.
        await store.Get<Database>().WriteAsync(tx => tx.Connection.ExecuteAsync("UPDATE mails SET lease_by = 'dead', due_at = due_at + 600000", null, tx.Transaction), CancellationToken.None);
        await using var other = await TestPanel.JoinAsync(store.Database, clock);
        await other.Get<SendMails>().RunOnceAsync(CancellationToken.None);
        box.Server.Received.ShouldBeEmpty("The lease still runs");
        clock.Move(TimeSpan.FromMinutes(11));
        await other.Get<SendMails>().RunOnceAsync(CancellationToken.None);
        await store.Get<SendMails>().RunOnceAsync(CancellationToken.None);
        var mail = box.Server.Received.ShouldHaveSingleItem();
        mail.MessageId!.ShouldMatch("^mail-1\\.t[0-9a-f]{12}@panel\\.example$");
    }

    [Theory, BothStores]
    public async Task Two_nodes_at_once_send_each_mail_once(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        await using var box = await Mailbox.OpenAsync(panel);
        await using var other = await TestPanel.JoinAsync(panel.Database);
        for (var i = 0; i < 25; i++)
        {
            await panel.Get<Outbox>().AddAsync(Draft with { To = $"a{i}@example.com" }, CancellationToken.None);
        }

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? panel : other).Get<SendMails>().RunOnceAsync(CancellationToken.None))));
        await box.ReadAsync("a0@example.com");
        box.Server.Received.Select(m => m.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 25).Select(i => $"a{i}@example.com").Order(StringComparer.Ordinal));
    }

    [Theory, BothStores]
    public async Task A_mail_leaves_with_its_transaction_or_not_at_all(StoreKind kind)
    {
        await using var panel = await TestPanel.StartAsync(kind);
        var ids = await panel.Get<Outbox>().NewIdsAsync(1, CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(() => panel.Get<Database>().WriteAsync(
            async tx =>
            {
                await panel.Get<Outbox>().AddAsync(tx, ids, [Draft], CancellationToken.None);
                throw new InvalidOperationException("undone");
            },
            CancellationToken.None));
        (await panel.Get<ReadMails>().RunAsync(waiting: false, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public void Pauses_double_up_to_an_hour() =>
        new[] { 1, 2, 3, 6, 7, 8, 12 }.Select(n => SendMails.PauseAfterAttempts(n).TotalMinutes).ShouldBe([1, 2, 4, 32, 60, 60, 60]);

    [Theory]
    [InlineData("confirm")]
    [InlineData("taken")]
    [InlineData("reset")]
    [InlineData("change")]
    [InlineData("changed")]
    [InlineData("password")]
    [InlineData("twofactor")]
    [InlineData("passkey")]
    [InlineData("key")]
    public async Task Every_kind_of_mail_has_its_words_in_both_languages(string kind)
    {
        await using var panel = await TestPanel.StartAsync(StoreKind.Sqlite);
        var (english, vietnamese) = (panel.Get<WriteMail>().Run(kind, "en", Draft.Link, ["x@example.com"]), panel.Get<WriteMail>().Run(kind, "vi", Draft.Link, ["x@example.com"]));
        english.Subject.ShouldNotBe(vietnamese.Subject);
        english.Text.ShouldNotBe(vietnamese.Text);
        vietnamese.Html.ShouldContain("lang=\"vi\"");
        english.Text.ShouldContain(Draft.Link!.ToString());
        english.Text.ShouldNotContain("{");

        // Who is told of a change that was not theirs must not read that nothing need be done.
        foreach (var text in (string[])[english.Text, english.Html])
        {
            text.Contains("you need not do anything", StringComparison.Ordinal).ShouldBe(kind is "confirm" or "taken" or "reset" or "change");
        }
    }

    private static async Task<T> ReadAsync<T>(TestPanel panel, string sql)
    {
        await using var connection = await panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return (await connection.QuerySingleAsync<T>(sql))!;
    }
}
