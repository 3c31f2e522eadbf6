using Shouldly;
using Tally.Providers;
using Xunit;

namespace Tally.Tests.Providers;

public sealed class KeepsSecretsTests
{
    [Fact]
    public void No_text_of_a_provider_or_of_a_change_holds_the_key_or_a_value_of_an_extra_parameter()
    {
        const string Key = "the-key-there-0123456789";
        var change = new ProviderChange { Key = Key, Extra = ["token=very-secret"] };
        var provider = change.Of(new Provider(1, "up", new Uri("https://panel.example"), "", false, false, null, 16));
        (provider.Key, provider.Extra.Pairs[0].Value).ShouldBe((Key, "very-secret"));
        foreach (var text in new[] { provider.ToString(), change.ToString(), provider.Extra.ToString(), $"{provider} {change}" })
        {
            text.ShouldNotContain(Key);
            text.ShouldNotContain("very-secret");
        }
    }
}
