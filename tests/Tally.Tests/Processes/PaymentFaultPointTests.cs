using System.Net;
using System.Text;
using Shouldly;
using Tally.Billing;
using Tally.Billing.Gateways.BankTransfer;
using Tally.Ledger;
using Tally.Operations;
using Tally.Testing;
using Tally.Tests.Billing;
using Xunit;

namespace Tally.Tests.Processes;

/// <summary>The process dies while it writes a payment down, right before and right after the commit. The notifier, who got no answer, delivers again: credited once.</summary>
[Collection(ProcessesCollection.Name)]
public sealed class PaymentFaultPointTests
{
    /// <summary>The store, the point, and whether the payment is there when the process has died.</summary>
    public static readonly TheoryData<StoreKind, FaultPoint, bool> Points = new()
    {
        { StoreKind.Sqlite, FaultPoint.PaymentWriting, false },
        { StoreKind.Sqlite, FaultPoint.PaymentWritten, true },
        { StoreKind.Postgres, FaultPoint.PaymentWriting, false },
        { StoreKind.Postgres, FaultPoint.PaymentWritten, true },
    };

    [Theory, MemberData(nameof(Points))]
    public async Task A_delivery_that_died_half_way_is_credited_once_when_it_comes_again(StoreKind kind, FaultPoint point, bool written)
    {
        await using var panel = await ProcessPanel.CreateAsync(kind);
        await panel.SetAsync("currency", "VND");
        foreach (var (name, value) in new[] { ("account_number", PaidPanel.Account), ("webhook_key", PaidPanel.WebhookKey) })
        {
            await panel.Get<SetGateway>().RunAsync("bank", name, value, CancellationToken.None);
        }

        var account = await panel.OpenAccountAsync("payer@example.com", "1");
        var notice = PaidPanel.Notice(11, TransferMemo.Write("NAP", account.Id), 5_000);
        await using (var dies = TallyProcess.LaunchToDie(panel.Database, point.ToString()))
        {
            await dies.ReadyAsync();
            await Should.ThrowAsync<HttpRequestException>(PostAsync(dies.Address, notice));
            (await dies.EndAsync()).ShouldBe(137);
        }

        (await panel.CountAsync("SELECT COUNT(*) FROM payments WHERE method = 'bank'")).ShouldBe(written ? 1 : 0);
        await using var node = await panel.ServeAsync();
        (await PostAsync(node.Address, notice)).ShouldBe(HttpStatusCode.OK);
        (await PostAsync(node.Address, notice)).ShouldBe(HttpStatusCode.OK);
        (await panel.CountAsync("SELECT COUNT(*) FROM payments WHERE method = 'bank'")).ShouldBe(1);
        (await panel.Get<ReadBalance>().RunAsync(account.Id, CancellationToken.None)).ShouldBe(Money.Parse("5001"));
        (await panel.ReportAsync()).GetProperty("payments").GetInt64().ShouldBe(2);
    }

    private static async Task<HttpStatusCode> PostAsync(Uri address, string notice)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/webhooks/sepay")) { Content = new StringContent(notice, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "Apikey " + PaidPanel.WebhookKey);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
