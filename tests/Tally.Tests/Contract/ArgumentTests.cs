using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>A wrong argument is the caller's mistake and throws before anything is sent.</summary>
public sealed class ArgumentTests
{
    private static readonly ApiV2Client s_client = new(
        new HttpClient(new StubHandler((_, _) => throw new InvalidOperationException("Nothing may be sent here."))), new Uri("http://panel.example/api/v2"), "a key");

    public static TheoryData<string[]> WrongIds => new()
    {
        Array.Empty<string>(), new[] { "7", "" }, new[] { "7,8" }, Enumerable.Range(1, 101).Select(i => $"{i}").ToArray(),
    };

    [Theory]
    [MemberData(nameof(WrongIds))]
    public async Task Ids_are_1_to_100_and_each_is_one(string[] ids)
    {
        await Should.ThrowAsync<ArgumentException>(() => s_client.StatusesAsync(ids));
        await Should.ThrowAsync<ArgumentException>(() => s_client.CancelAsync(ids));
        await Should.ThrowAsync<ArgumentException>(() => s_client.RefillsAsync(ids));
        await Should.ThrowAsync<ArgumentException>(() => s_client.RefillStatusesAsync(ids));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("Action")]
    [InlineData("link")]
    [InlineData("twice")]
    [InlineData(" ")]
    public async Task An_extra_parameter_cannot_replace_another(string name) =>
        await Should.ThrowAsync<ArgumentException>(() => s_client.AddAsync(new AddOrder { Service = "1", Link = "@a", Extra = [new("twice", "1"), new(name, "2")] }));

    [Fact]
    public async Task An_order_names_its_service() => await Should.ThrowAsync<ArgumentException>(() => s_client.AddAsync(new AddOrder { Service = " " }));

    [Theory]
    [InlineData("/api/v2", "key")]
    [InlineData("ftp://panel.example/", "key")]
    [InlineData("https://panel.example/", " ")]
    public void A_client_needs_a_web_address_and_a_key(string endpoint, string key) =>
        Should.Throw<ArgumentException>(() => new ApiV2Client(new HttpClient(), new Uri(endpoint, UriKind.RelativeOrAbsolute), key));

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ApiV2ClientOptions { Timeout = TimeSpan.Zero });
        Should.Throw<ArgumentOutOfRangeException>(() => new ApiV2ClientOptions { Timeout = TimeSpan.FromDays(2) });
        Should.Throw<ArgumentOutOfRangeException>(() => new ApiV2ClientOptions { MaxAnswerBytes = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ApiV2ClientOptions { MaxServicesBytes = int.MaxValue });
        Should.Throw<ArgumentOutOfRangeException>(() => new ApiV2ClientOptions { MaxDepth = -1 });
        new ApiV2ClientOptions { Timeout = Timeout.InfiniteTimeSpan }.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
    }
}
