using System.Globalization;
using System.Text.Json;
using Shouldly;
using Tally.Demo;
using Tally.Testing;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class ServicesCommandTests
{
    private const string Two =
        """
        [{"service":7,"name":"Likes Việt","type":"Default","category":"Facebook","rate":"0.90","min":"50","max":"10000","refill":true,"cancel":true,"dripfeed":true},
         {"service":9,"name":"Pack","type":"Package","category":"Facebook","rate":"15000","min":"1","max":"1","refill":false,"cancel":false}]
        """;

    [Theory, BothStores]
    public async Task Services_are_imported_from_a_file_and_listed(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        using var folder = new TemporaryFolder();
        var file = Write(folder, Two);
        (await tally.RunAsync("services", "import", file)).ShouldSucceed().Lines.ShouldBe(["2 added, 0 changed, 0 unchanged, 0 skipped"]);
        (await tally.JsonAsync("services", "import", file)).GetProperty("same").GetInt32().ShouldBe(2);
        (await tally.RunAsync("services", "import", file, "--margin", "50")).ShouldSucceed().Lines[0].ShouldStartWith("0 added, 2 changed");
        var list = (await tally.RunAsync("services", "list")).ShouldSucceed();
        list.Lines.Length.ShouldBe(2);
        list.Lines[0].ShouldMatch("^ +7  on   Default +1.35  50–10000  manual  Likes Việt$");
        var json = await tally.JsonAsync("services", "list");
        json[1].GetProperty("rate").GetString().ShouldBe("22500");
        json[1].GetProperty("type").GetString().ShouldBe("package");
    }

    [Fact]
    public async Task A_service_that_cannot_be_taken_is_named_and_the_others_are_taken()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        using var folder = new TemporaryFolder();
        var file = Write(folder,
            """
            [{"service":1,"name":"A","type":"Default","category":"C","rate":"1","min":1,"max":10},
             {"service":2,"name":"B","type":"Telepathy","category":"C","rate":"1","min":1,"max":10},
             {"service":1,"name":"A again","type":"Default","category":"C","rate":"1","min":1,"max":10},
             {"service":3,"name":"D","type":"Default","category":"C","rate":"1","min":20,"max":10},
             {"service":"four","name":"E","type":"Default","category":"C","rate":"1","min":1,"max":10}]
            """);
        var said = (await tally.RunAsync("services", "import", file)).ShouldSucceed();
        said.Lines[0].ShouldBe("1 added, 0 changed, 0 unchanged, 4 skipped");
        foreach (var words in (string[])["service 2: the type 'Telepathy'", "service 1: it is listed twice", "service 3: its min is above its max", "service at place 4: 'service' cannot be read"])
        {
            said.Output.ShouldContain("  skipped " + words);
        }

        (await tally.JsonAsync("services", "list"))[0].GetProperty("name").GetString().ShouldBe("A");
    }

    [Theory, BothStores]
    public async Task Services_are_imported_from_a_provider_with_a_margin_and_never_take_the_place_of_others(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        await using var upstream = await SimulatedProvider.StartAsync(new SimulatedProviderOptions());
        using var folder = new TemporaryFolder();
        await tally.JsonAsync("services", "import", Write(folder, Two));
        await tally.JsonAsync("provider", "add", "up", upstream.Url.ToString(), upstream.Key, "--allow-private");
        var report = await tally.JsonAsync("services", "import", "--provider", "up", "--margin", "20");
        var added = report.GetProperty("added").GetInt32();
        added.ShouldBeGreaterThan(9, "so that the new ids would meet those of the file");
        report.GetProperty("changed").GetInt32().ShouldBe(0);
        var list = await tally.JsonAsync("services", "list");
        list.GetArrayLength().ShouldBe(added + 2);
        list.EnumerateArray().Single(s => s.GetProperty("id").GetInt64() == 7).GetProperty("name").GetString().ShouldBe("Likes Việt");
        list.EnumerateArray().Single(s => s.GetProperty("id").GetInt64() == 9).GetProperty("providerId").ValueKind.ShouldBe(JsonValueKind.Null);
        var one = list.EnumerateArray().First(s => s.GetProperty("providerId").ValueKind == JsonValueKind.Number);
        Amount(one, "rate").ShouldBe(decimal.Ceiling(Amount(one, "providerRate") * 1.2m * 100_000) / 100_000);
        (await tally.JsonAsync("services", "import", "--provider", "up", "--margin", "20")).GetProperty("same").GetInt32().ShouldBe(added);
    }

    [Fact]
    public async Task What_cannot_be_imported_is_said_clearly()
    {
        await using var tally = await CommandLine.OnAsync(StoreKind.Sqlite);
        using var folder = new TemporaryFolder();
        await tally.JsonAsync("provider", "add", "silent", $"http://127.0.0.1:{LoopbackPort.Free()}/api/v2", "key-there", "--allow-private");
        var file = Write(folder, Two);
        (await tally.RunAsync("services", "import")).ShouldFail("Name either a file or --provider NAME.");
        (await tally.RunAsync("services", "import", file, "--provider", "silent")).ShouldFail("Name either a file or --provider NAME.");
        (await tally.RunAsync("services", "import", Path.Combine(folder.Path, "none.json"))).ShouldFail("There is no file", "none.json");
        (await tally.RunAsync("services", "import", folder.Path)).ShouldFail("There is no file");
        (await tally.RunAsync("services", "import", Write(folder, ""))).ShouldFail("is not the services answer of a panel");
        (await tally.RunAsync("services", "import", Write(folder, "<html>\n</html>"))).ShouldFail("is not the services answer of a panel");
        (await tally.RunAsync("services", "import", Write(folder, """{"error":"Invalid API key"}"""))).ShouldFail("holds an error", "Invalid API key");
        (await tally.RunAsync("services", "import", "--provider", "nobody")).ShouldFail("There is no provider named 'nobody'.");
        (await tally.RunAsync("services", "import", "--provider", "silent")).ShouldFail("silent");
        (await tally.RunAsync("services", "import", file, "--margin", "much")).ShouldBeMisspelt("much");
        foreach (var margin in (string[])["-99.1", "-200", "1000001", "79228162514264337593543950335"])
        {
            (await tally.RunAsync("services", "import", Write(folder, Two), "--margin=" + margin)).ShouldFail("--margin", "-99");
        }

        (await tally.RunAsync("services", "list")).ShouldSucceed().Output.ShouldBeEmpty();
    }

    [Theory, BothStores]
    public async Task Each_property_of_a_service_can_be_set(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        using var folder = new TemporaryFolder();
        await tally.JsonAsync("services", "import", Write(folder, Two));
        await tally.JsonAsync("provider", "add", "up", "https://panel.example/api/v2", "key-there");
        var service = await tally.JsonAsync(
            "services", "set", "7", "--name", "Thích", "--rate", "12.5", "--min", "20", "--max", "30", "--enabled", "false", "--refill", "false", "--refill-days", "30", "--cancel", "false",
            "--dripfeed", "false", "--handles", "true", "--unique-link", "true", "--on-refusal", "cancel", "--provider", "up", "--provider-service", "55");
        JsonSerializer.Serialize(service).ShouldBe(JsonSerializer.Serialize((await tally.JsonAsync("services", "list"))[0]), "what is said is what is stored");
        Texts(service, "name", "rate", "min", "max", "enabled", "refill", "refillDays", "cancel", "dripfeed", "handles", "uniqueLink", "onRefusal", "providerId", "providerService")
            .ShouldBe("Thích 12.5 20 30 False False 30 False False True True cancel 1 55");
        (await tally.RunAsync("services", "set", "7", "--provider", "none")).ShouldSucceed().Lines.ShouldBe(["service 7 is changed"]);
        (await tally.RunAsync("services", "set", "7", "--provider", "none")).ShouldSucceed().Lines.ShouldBe(["service 7 is as it was"]);
        (await tally.RunAsync("services", "list")).ShouldSucceed().Lines[0].ShouldMatch("^ +7  off  Default +12.5  20–30  manual  Thích$");
    }

    [Theory, BothStores]
    public async Task What_does_not_fit_a_service_is_refused_and_changes_nothing(StoreKind kind)
    {
        await using var tally = await CommandLine.OnAsync(kind);
        using var folder = new TemporaryFolder();
        await tally.JsonAsync("services", "import", Write(folder, Two));
        await tally.JsonAsync("provider", "add", "up", "https://panel.example/api/v2", "key-there");
        await tally.JsonAsync("services", "set", "9", "--provider", "up", "--provider-service", "55");
        var before = (await tally.JsonAsync("services", "list")).GetRawText();
        (await tally.RunAsync("services", "set", "8", "--name", "x")).ShouldFail("There is no service 8.");
        (await tally.RunAsync("services", "set", "7", "--name", "")).ShouldFail("the name is empty");
        (await tally.RunAsync("services", "set", "7", "--rate", "cheap")).ShouldFail("--rate: 'cheap' is no amount");
        (await tally.RunAsync("services", "set", "7", "--rate=-1")).ShouldFail("the rate is below 0");
        (await tally.RunAsync("services", "set", "7", "--min", "20000")).ShouldFail("min and max do not fit");
        (await tally.RunAsync("services", "set", "7", "--min=-1")).ShouldFail("min and max do not fit");
        (await tally.RunAsync("services", "set", "7", "--refill-days=-1")).ShouldFail("the refill window is below 0");
        (await tally.RunAsync("services", "set", "9", "--dripfeed", "true")).ShouldFail("drip-feed is not for the type Package");
        (await tally.RunAsync("services", "set", "7", "--provider", "nobody")).ShouldFail("There is no provider named 'nobody'.");
        (await tally.RunAsync("services", "set", "7", "--provider", "up")).ShouldFail("--provider-service");
        (await tally.RunAsync("services", "set", "7", "--provider", "up", "--provider-service", "55")).ShouldFail("Another service");
        (await tally.RunAsync("services", "set", "7", "--on-refusal", "cry")).ShouldBeMisspelt("cry");
        (await tally.RunAsync("services", "set", "seven", "--name", "x")).ShouldBeMisspelt("seven");
        (await tally.RunAsync("services", "set", "7", "--colour", "red")).ShouldBeMisspelt("--colour");
        (await tally.JsonAsync("services", "list")).GetRawText().ShouldBe(before);
    }

    private static string Write(TemporaryFolder folder, string text)
    {
        var name = Guid.NewGuid().ToString("N") + ".json";
        folder.File(name, text);
        return Path.Combine(folder.Path, name);
    }

    private static decimal Amount(JsonElement service, string name) => decimal.Parse(service.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Texts(JsonElement element, params string[] names) => string.Join(' ', names.Select(n => element.GetProperty(n).ToString()));
}
