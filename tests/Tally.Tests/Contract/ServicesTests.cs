using Shouldly;
using Tally.Contract;
using Xunit;

namespace Tally.Tests.Contract;

public sealed class ServicesTests
{
    [Theory]
    [InlineData("""[{"service":"5","rate":0.9,"min":10,"max":"1000"}]""")]
    [InlineData("""{"0":{"service":5,"rate":"0.90","min":"10","max":1000}}""")]
    [InlineData("""{"status":"success","data":[{"service":5,"rate":"0,90","min":"10","max":"1,000"}]}""")]
    [InlineData("""{"services":{"a":{"service":5,"rate":9e-1,"min":"10","max":1e3}}}""")]
    public void A_list_is_found_in_any_shape(string json)
    {
        var service = Shapes.Services(json).Value().Services.ShouldHaveSingleItem();
        (service.Service, service.Rate, service.Min, service.Max).ShouldBe(("5", 0.9m, 10, 1000));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"Yes\"", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("\"30 days\"", false)]
    [InlineData("{}", false)]
    public void Flags_come_in_many_forms(string json, bool expected)
    {
        var service = Shapes.Services($$"""[{"service":5,"rate":"1","refill":{{json}},"cancel":{{json}},"drip_feed":{{json}}}]""").Value().Services[0];
        (service.Refill, service.Cancel, service.DripFeed).ShouldBe((expected, expected, expected));
    }

    [Fact]
    public void A_service_that_cannot_be_read_spoils_no_other_and_is_not_gone()
    {
        var list = Shapes.Services(
            """
            [{"service":1,"rate":"1"}, {"service":2,"rate":"15,000"}, {"service":3,"rate":"1","min":"few"}, {"name":"no id","rate":"1"}, 7, null, {"service":6,"rate":null},
             {"service":8,"rate":"2","max":1e40}, {"service":9,"rate":"3","min":null,"max":""}]
            """).Value();

        list.Services.Select(s => s.Service).ShouldBe(["1", "9"]);
        list.Unreadable.Select(u => (u.Index, u.Service)).ShouldBe([(1, "2"), (2, "3"), (3, null), (4, null), (5, null), (6, "6"), (7, "8")]);
        list.Unreadable[0].What.ShouldStartWith("'rate' cannot be read.");
    }

    [Fact]
    public void An_empty_list_is_a_panel_without_services() => Shapes.Services("[]").Value().Services.ShouldBeEmpty();

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"none\"")]
    [InlineData("""[{"error":"maintenance"}]""")]
    [InlineData("""{"message":"maintenance"}""")]
    public void Anything_else_without_services_is_unclear(string json) => Shapes.Services(json).Reason().ShouldBe(UnclearReason.Unreadable);
}
