using CsCheck;
using Shouldly;
using Tally.Platform.Http;
using Xunit;

namespace Tally.Tests.Platform.Http;

public sealed class RedactTests
{
    private static readonly string[] s_names =
        ["key=", "api_token=", "Authorization: Bearer ", "\"key\":\"", "\"api_token\": \"", "X-Api-Key: ", "password=", "authorization: "];

    [Theory]
    [InlineData("https://p.example/api/v2?key=s3cr3t&action=add", "https://p.example/api/v2?key=***&action=add")]
    [InlineData("action=add&api_token=s3cr3t", "action=add&api_token=***")]
    [InlineData("KEY=s3cr3t+with/base64==", "KEY=***")]
    [InlineData("next=https%3A%2F%2Fp.example%3Fkey%3Ds3cr3t", "next=https%3A%2F%2Fp.example%3Fkey%3D***")]
    [InlineData("Authorization: Bearer s3cr3t", "Authorization: ***")]
    [InlineData("Authorization: Apikey s3cr3t", "Authorization: ***")]
    [InlineData("refused Apikey s3cr3t0123", "refused Apikey ***")]
    [InlineData("authorization=Basic dXNlcjpzM2NyM3Q=", "authorization=***")]
    [InlineData("Proxy-Authorization: s3cr3t", "Proxy-Authorization: ***")]
    [InlineData("sent Bearer s3cr3t0123, refused", "sent Bearer ***, refused")]
    [InlineData("X-Api-Key: s3cr3t", "X-Api-Key: ***")]
    [InlineData("""{"key":"s3cr3t","action":"balance"}""", """{"key":"***","action":"balance"}""")]
    [InlineData("""{"key":["s3cr3t"]}""", """{"key":["***"]}""")]
    [InlineData("""{"apiKey" : "s3\"cr3t"}""", """{"apiKey" : "***"}""")]
    [InlineData("""{\"key\":\"s3cr3t\",\"a\":1}""", """{\"key\":\"***\",\"a\":1}""")]
    [InlineData("""{\u0022key\u0022:\u0022s3cr3t\u0022}""", """{\u0022key\u0022:\u0022***\u0022}""")]
    [InlineData("Host=db;Username=tally;Password=s3cr3t;Port=5432", "Host=db;Username=tally;Password=***;Port=5432")]
    [InlineData("postgres://tally:s3cr3t@db/tally", "postgres://***@db/tally")]
    [InlineData("https://api.telegram.org/bot12345:s3cr3t/sendMessage", "https://api.telegram.org/bot***/sendMessage")]
    [InlineData("client_secret='s3 cr3t' ok", "client_secret='***' ok")]
    public void A_secret_is_taken_out_and_the_rest_stays(string text, string expected) => OutboundGuard.Redact(text).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("the keyboard cost 12.50")]
    [InlineData("monkey=5&donkey=6&tokens=7")]
    [InlineData("Key (id)=(5) already exists")]
    [InlineData("https://p.example/api/v2?action=status&orders=1,2")]
    [InlineData("""{"order":23501,"order_reference":"a-1"}""")]
    public void A_text_without_secrets_stays_as_it_is(string text) => OutboundGuard.Redact(text).ShouldBe(text);

    [Fact]
    public void A_secret_never_survives_whatever_stands_around_it() =>
        Gen.Select(
            Gen.Int[0, s_names.Length - 1].Select(i => s_names[i]),
            Gen.String[Gen.Char["abcXYZ0189_-"], 8, 40],
            Gen.String[Gen.Char[" &;,\"?/\n<>()#=:"], 0, 6],
            Gen.String[0, 20])
        .Sample((name, secret, gap, noise) =>
        {
            var text = $"{noise} {gap} {name}{secret}\" {gap}{noise}";
            var redacted = OutboundGuard.Redact(text);
            if (!noise.Contains(secret, StringComparison.Ordinal)) redacted.ShouldNotContain(secret);
            OutboundGuard.Redact(redacted).ShouldBe(redacted);
        });

    [Fact]
    public void Time_is_linear_in_the_text()
    {
        var hostile = string.Concat(Enumerable.Repeat("key\"key_-token:", 40_000));
        var started = TimeProvider.System.GetTimestamp();
        OutboundGuard.Redact(hostile).ShouldNotBeNull();
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }
}
