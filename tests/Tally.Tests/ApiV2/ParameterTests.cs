using System.Text;
using Shouldly;
using Tally.ApiV2;
using Tally.Catalog;
using Xunit;

namespace Tally.Tests.ApiV2;

public sealed class ParameterTests
{
    [Fact]
    public void Every_parameter_has_a_name_that_finds_it()
    {
        ParameterNames.Count.ShouldBe(Enum.GetValues<Parameter>().Length);
        foreach (var parameter in Enum.GetValues<Parameter>())
        {
            ParameterNames.TryFind(Encoding.ASCII.GetBytes(parameter.Name()), out var byBytes).ShouldBeTrue();
            ParameterNames.TryFind(parameter.Name().AsSpan(), out var byText).ShouldBeTrue();
            (byBytes, byText).ShouldBe((parameter, parameter));
        }
    }

    [Theory]
    [InlineData("api_token", "key")]
    [InlineData("request_id", "order_reference")]
    public void An_alias_finds_the_documented_parameter(string alias, string name)
    {
        ParameterNames.TryFind(alias.AsSpan(), out var parameter).ShouldBeTrue();
        parameter.Name().ShouldBe(name);
    }

    [Theory]
    [InlineData("Key")]
    [InlineData("KEY")]
    [InlineData(" key")]
    [InlineData("key ")]
    [InlineData("keys")]
    [InlineData("")]
    [InlineData("ｋｅｙ")]
    [InlineData("a_name_that_is_longer_than_any_of_ours")]
    public void Case_counts_and_nothing_is_trimmed(string name)
    {
        ParameterNames.TryFind(Encoding.UTF8.GetBytes(name), out _).ShouldBeFalse();
        ParameterNames.TryFind(name.AsSpan(), out _).ShouldBeFalse();
    }

    [Fact]
    public void Every_parameter_that_a_service_type_asks_for_is_read_and_its_lines_are_known()
    {
        foreach (var own in TypeRules.Table.SelectMany(rules => rules.Own))
        {
            ParameterNames.TryFind(own.Name.AsSpan(), out var parameter).ShouldBeTrue(own.Name);
            parameter.HasLines().ShouldBe(own.Kind is ParameterKind.Lines or ParameterKind.LinesOrCommas, own.Name);
        }
    }

    [Fact]
    public void Asking_for_a_parameter_that_the_face_does_not_read_is_a_broken_invariant() =>
        Should.Throw<ArgumentException>(() => new RequestParameters().Own("colour"));

    [Theory]
    [InlineData("key=a&key=a")]
    [InlineData("key=a&api_token=a")]
    [InlineData("order_reference=r&request_id=r&request_id=%72")]
    public void The_same_value_twice_is_fine(string body)
    {
        var parameters = Requests.ReadForm(body);
        (parameters.KeyFault, parameters.Fault).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("quantity=100&quantity=1000", "quantity")]
    [InlineData("quantity=100&quantity=0100", "quantity")]
    [InlineData("quantity=&quantity=100", "quantity")]
    [InlineData("order_reference=a&request_id=b", "order_reference")]
    [InlineData("request_id=b&order_reference=a", "order_reference")]
    [InlineData("service=1&link=a&service=2&link=b", "service")]
    public void Two_different_values_of_a_known_parameter_are_refused_by_name(string body, string name)
    {
        var parameters = Requests.ReadForm(body);
        parameters.KeyFault.ShouldBeNull();
        parameters.Fault.ShouldBe(Refusal.IncorrectRequest($"{name}: sent twice with different values"));
    }

    [Theory]
    [InlineData("key=a&key=b")]
    [InlineData("key=a&api_token=b")]
    [InlineData("api_token=a&key=b&quantity=1")]
    public void Two_different_keys_are_a_fault_of_their_own(string body)
    {
        var parameters = Requests.ReadForm(body);
        parameters.KeyFault.ShouldBe(Refusal.IncorrectRequest("key: sent twice with different values"));
        parameters.Fault.ShouldBeNull();
    }

    [Fact]
    public void A_key_is_still_read_behind_a_fault_so_that_who_is_calling_is_judged_first()
    {
        var parameters = Requests.ReadForm("link=%zz&key=tly_1&quantity=%");
        parameters[Parameter.Key].ShouldBe("tly_1");
        parameters.Fault.ShouldBe(Refusal.IncorrectRequest("link: broken percent-encoding"));
    }
}
