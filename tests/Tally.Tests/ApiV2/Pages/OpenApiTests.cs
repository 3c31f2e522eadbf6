using System.Net;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Shouldly;
using Tally.ApiV2.Pages;
using Tally.Catalog;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

/// <summary>The OpenAPI document: well formed, and true of what was run.</summary>
public sealed class OpenApiTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    [Fact]
    public async Task It_is_shown_and_downloaded_by_everybody()
    {
        var panel = await panels.PanelAsync(StoreKind.Sqlite);
        using var shown = await panel.Http.GetAsync("/api/openapi.json");
        using var downloaded = await panel.Http.GetAsync("/api/openapi");
        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
        shown.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        shown.Content.Headers.ContentDisposition.ShouldBeNull();
        downloaded.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        downloaded.Content.Headers.ContentDisposition.FileName.ShouldBe("openapi.json");
        (await downloaded.Content.ReadAsStringAsync()).ShouldBe(await shown.Content.ReadAsStringAsync());
        JsonNode.Parse(await shown.Content.ReadAsStringAsync())!["servers"]![0]!["url"]!.GetValue<string>().ShouldBe(panel.Http.BaseAddress!.ToString().TrimEnd('/'));
    }

    [Fact]
    public async Task A_reader_of_OpenAPI_finds_no_fault_in_it()
    {
        using var stream = new MemoryStream(OpenApi.Write("https://panel.example", new()));
        var (document, diagnostic) = await OpenApiDocument.LoadAsync(stream, "json");
        diagnostic!.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
        diagnostic.Errors.Select(e => e.ToString()).ShouldBeEmpty();
        diagnostic.Warnings.Select(e => e.ToString()).ShouldBeEmpty();
        document.ShouldNotBeNull().Validate(ValidationRuleSet.GetDefaultRuleSet()).Select(e => e.ToString()).ShouldBeEmpty();
        document.Paths["/api/v2"]!.Operations!.Keys.ShouldBe([HttpMethod.Post]);
    }

    [Fact]
    public void Every_request_and_answer_that_was_run_fits_exactly_one_or_more_of_its_schemas()
    {
        var document = JsonNode.Parse(OpenApi.Write("https://panel.example", new()))!;
        var checks = new Schemas(document);
        var call = document["paths"]!["/api/v2"]!["post"]!;
        var request = call["requestBody"]!["content"]!["application/x-www-form-urlencoded"]!;
        var answer = call["responses"]!["200"]!["content"]!["application/json"]!;
        var run = ExecutedExamples.Current.All.Where(e => e.Notation == "http-request" && e.Section != "errors").ToList();
        request["examples"]!.AsObject().Count.ShouldBe(run.Count);
        foreach (var (name, example) in request["examples"]!.AsObject())
        {
            checks.Fits(request["schema"]!, example!["value"]).ShouldBeTrue($"request {name}");
            checks.Fits(answer["schema"]!, answer["examples"]![name]!["value"]).ShouldBeTrue($"answer {name}");
        }
    }

    [Theory]
    [InlineData("""{"action":"add","service":"1","link":"https://a.example"}""", true)] // a Package
    [InlineData("""{"action":"add","service":"1"}""", false)]
    [InlineData("""{"action":"add","link":"https://a.example","quantity":"1"}""", false)]
    [InlineData("""{"action":"add","service":"one","link":"https://a.example","quantity":"1"}""", false)]
    [InlineData("""{"action":"status"}""", false)]
    [InlineData("""{"action":"status","orders":"1, 2"}""", true)]
    [InlineData("""{"action":"status","orders":"1;2"}""", false)]
    [InlineData("""{"action":"fly"}""", false)]
    public void A_request_that_the_api_would_refuse_does_not_fit(string request, bool fits)
    {
        var document = JsonNode.Parse(OpenApi.Write("https://panel.example", new()))!;
        var schema = document["paths"]!["/api/v2"]!["post"]!["requestBody"]!["content"]!["application/x-www-form-urlencoded"]!["schema"]!;
        new Schemas(document).Fits(schema, JsonNode.Parse(request)).ShouldBe(fits);
    }

    [Fact]
    public void It_tells_what_each_of_the_seventeen_types_requires()
    {
        var add = JsonNode.Parse(OpenApi.Write("https://panel.example", new()))!["components"]!["schemas"]!["AddRequest"]!;
        add["anyOf"]!.AsArray().Select(t => t!["title"]!.GetValue<string>()).ShouldBe(TypeRules.Table.Select(t => t.WireName));
        foreach (var (type, schema) in ContractType.All.Zip(add["anyOf"]!.AsArray()))
        {
            schema!["required"]!.AsArray().Select(r => r!.GetValue<string>()).Order().ShouldBe(type.Required.Select(r => r.Name).Append("service").Order());
        }
    }
}
