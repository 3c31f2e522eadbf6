using System.Diagnostics;
using System.Text;
using Shouldly;
using Tally.ApiV2.Pages;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.ApiV2.Pages;

/// <summary>The code samples do what they say: each is run against a panel, twice, where its language is on this machine.</summary>
public sealed class SampleTests(ApiPanels panels) : IClassFixture<ApiPanels>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static TheoryData<string> Languages => [.. Samples.Languages.Select(l => l.Slug)];

    [Theory, MemberData(nameof(Languages))]
    public async Task A_sample_orders_once_however_often_it_is_run(string slug)
    {
        var (panel, visitor, account) = await panels.SignedInAsync(StoreKind.Sqlite);
        visitor.Dispose();
        while ((await panel.CallAsync("services")).GetArrayLength() == 0)
        {
            (await panel.AddServiceAsync(rate: "0.9")).Id.ShouldBe(1, "the samples order service 1");
        }

        using var folder = new Folder();
        var text = Samples.Text(Samples.LanguageOf(slug), panel.Api.ToString()).Replace("YOUR_API_KEY", account.Key.Key);
        var run = await PrepareAsync(slug, text, folder.Path);
        var first = await RunAsync(run, folder.Path);
        var second = await RunAsync(run, folder.Path);

        var balance = (await panel.CallAsAsync(account.Key.Key, "balance")).GetProperty("balance").GetString();
        balance.ShouldBe("999.1", $"{first}\n{second}");
        var order = string.Concat(first.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit));
        (await panel.CallAsAsync(account.Key.Key, "status", ("order", order))).GetProperty("status").GetString().ShouldBe("Pending");
        second.ShouldBe(first);
        first.Trim().ShouldBe(slug == "curl" ? $$"""{"order":{{order}}}""" : $"{order}: Pending, 0.9 USD");
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_sample_tells_of_an_error_and_fails(string slug)
    {
        var panel = await panels.PanelAsync(StoreKind.Sqlite);
        using var folder = new Folder();
        var run = await PrepareAsync(slug, Samples.Text(Samples.LanguageOf(slug), panel.Api.ToString()), folder.Path);
        var (code, said) = await TryRunAsync(run, folder.Path);
        code.ShouldNotBe(0);
        said.ShouldContain("Invalid API key");
    }

    [Theory, MemberData(nameof(Languages))]
    public void A_sample_names_the_panels_own_address_and_a_reference(string slug)
    {
        var text = Samples.Text(Samples.LanguageOf(slug), "https://mine.example/api/v2");
        text.ShouldContain("https://mine.example/api/v2");
        text.ShouldNotContain("panel.example");
        text.ShouldContain("YOUR_API_KEY");
        text.ShouldContain("order_reference");
        text.Split('\n').ShouldAllBe(l => l.Length <= 160);
    }

    /// <summary>Writes the program and gives the line that runs it.</summary>
    private static async Task<string[]> PrepareAsync(string slug, string text, string folder)
    {
        var file = Path.Combine(folder, Samples.LanguageOf(slug).File);
        await File.WriteAllTextAsync(file, text);
        return slug switch
        {
            "curl" => [await NeedAsync("bash", "--version"), file],
            "php" => [await NeedAsync("php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"), file],
            "python" => [await NeedAsync("python3", "--version"), file],
            "node" => [await NeedAsync("node", "--version"), file],
            "csharp" => ["dotnet", "exec", await CompileAsync(file, folder)],
            "go" => [await NeedAsync("go", "version"), "run", file],
            _ => throw new ArgumentException("No such language.", nameof(slug)),
        };
    }

    // The SDK's own compiler, without a project around it: a second instead of ten.
    private static async Task<string> CompileAsync(string file, string folder)
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        var compiler = Directory.GetFiles(Path.Combine(root, "sdk"), "csc.dll", SearchOption.AllDirectories).Where(f => f.Contains("bincore")).OrderDescending(StringComparer.Ordinal).FirstOrDefault();
        Assert.SkipWhen(compiler is null, "There is no SDK beside this runtime.");
        var program = Path.Combine(folder, "order.dll");
        var references = Directory.GetFiles(runtime, "*.dll").Where(f => Path.GetFileName(f).StartsWith("System.") || Path.GetFileName(f) is "mscorlib.dll" or "netstandard.dll");
        await RunAsync(["dotnet", "exec", compiler!, "-nologo", "-nullable:enable", "-out:" + program, .. references.Where(IsManaged).Select(r => "-r:" + r), file], folder);
        await File.WriteAllTextAsync(
            Path.ChangeExtension(program, ".runtimeconfig.json"),
            System.Text.Json.JsonSerializer.Serialize(new { runtimeOptions = new { framework = new { name = "Microsoft.NETCore.App", version = Environment.Version.ToString() } } }));
        return program;
    }

    private static bool IsManaged(string file) => !Path.GetFileName(file).Contains(".Native");

    private static async Task<string> NeedAsync(string program, params string[] arguments)
    {
        try
        {
            var (code, _) = await TryRunAsync([program, .. arguments], Path.GetTempPath());
            Assert.SkipWhen(code != 0, $"{program} on this machine cannot run it.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not on this machine.");
        }

        return program;
    }

    private static async Task<string> RunAsync(string[] line, string folder)
    {
        var (code, said) = await TryRunAsync(line, folder);
        code.ShouldBe(0, said);
        return said;
    }

    private static async Task<(int Code, string Said)> TryRunAsync(string[] line, string folder)
    {
        var start = new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.Environment["GOCACHE"] = Path.Combine(folder, "go");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tally-sample-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
