using System.Text;
using CsCheck;
using Shouldly;
using Tally.Billing.Gateways.BankTransfer;
using Xunit;

namespace Tally.Tests.Billing.Gateways;

public sealed class SepayNoticeTests
{
    [Fact]
    public void The_example_of_the_documentation_is_read()
    {
        var notice = Read("""
            {"id": 92704, "gateway":"Vietcombank", "transactionDate":"2023-03-25 14:02:37", "accountNumber":"0123499999", "code":null, "content":"chuyen tien mua iphone",
             "transferType":"in", "transferAmount":2277000, "accumulated":19077000, "subAccount":null, "referenceCode":"MBVCB.3278907687", "description":""}
            """, out var problem).ShouldNotBeNull(problem);
        notice.ShouldBe(new SepayNotice(92_704, true, 2_277_000, "0123499999", null, "chuyen tien mua iphone", null, "", "MBVCB.3278907687", "Vietcombank", "2023-03-25 14:02:37"));
    }

    [Theory]
    [InlineData("""{"id":"92704","transferType":"out","transferAmount":"5000","accountNumber":"1"}""", false, 5_000)]
    [InlineData("""{"id":92704,"transferType":"in","transferAmount":5000.00,"accountNumber":"1","content":null,"unknown":[{}]}""", true, 5_000)]
    public void Numbers_as_texts_and_with_empty_decimals_are_read(string json, bool incoming, long dong)
    {
        var notice = Read(json, out _)!;
        (notice.Id, notice.Incoming, notice.Dong, notice.Content).ShouldBe((92_704, incoming, dong, ""));
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("null", "JSON object")]
    [InlineData("""{"id":0,"transferType":"in","transferAmount":1,"accountNumber":"1"}""", "id must be")]
    [InlineData("""{"transferType":"in","transferAmount":1,"accountNumber":"1"}""", "id must be")]
    [InlineData("""{"id":1e3000,"transferType":"in","transferAmount":1,"accountNumber":"1"}""", "id must be")]
    [InlineData("""{"id":99999999999999999999,"transferType":"in","transferAmount":1,"accountNumber":"1"}""", "id must be")]
    [InlineData("""{"id":1,"transferType":"sideways","transferAmount":1,"accountNumber":"1"}""", "transferType must be")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":-1,"accountNumber":"1"}""", "transferAmount must be")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":1.5,"accountNumber":"1"}""", "transferAmount must be")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":1}""", "accountNumber is missing")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":1,"accountNumber":["1"]}""", "accountNumber must be a text")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":1,"accountNumber":"1","content":{}}""", "content must be a text")]
    [InlineData("""{"id":1,"transferType":"in","transferAmount":1,"accountNumber":"1","content":"\ud800"}""", "content is no text")]
    public void What_is_malformed_is_named(string json, string words)
    {
        Read(json, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public void Long_texts_are_cut_and_control_characters_left_out()
    {
        var notice = Read("""{"id":1,"transferType":"in","transferAmount":1,"accountNumber":"1","content":"a\u0000b""" + new string('x', 5_000) + "\"}", out _)!;
        notice.Content.Length.ShouldBe(1_000);
        notice.Content.ShouldStartWith("abx");
    }

    [Fact]
    public void No_bytes_throw() => Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.String[Gen.Char["{}[]\":,idtransferTypeAmountinout0123456789-.eE\\u "], 0, 120].Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
    {
        (SepayNotice.Read(bytes, out var problem) is null).ShouldBe(problem is not null);
    });

    private static SepayNotice? Read(string json, out string? problem) => SepayNotice.Read(Encoding.UTF8.GetBytes(json), out problem);
}
