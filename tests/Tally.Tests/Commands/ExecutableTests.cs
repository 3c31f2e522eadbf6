using System.Diagnostics;
using Shouldly;
using Tally.Testing;
using Tally.Tests.Testing;
using Xunit;

namespace Tally.Tests.Commands;

/// <summary>The built executable, as an operator runs it.</summary>
public sealed class ExecutableTests
{
    [Fact]
    public async Task An_answer_for_machines_is_json_and_nothing_else()
    {
        await using var store = await CommandLine.OnAsync(StoreKind.Sqlite);
        var added = (await RunAsync("user", "add", "an@example.com", "--balance", "12.5", "--json", "--database", store.Database)).ShouldSucceed();
        added.Json.GetProperty("balance").GetString().ShouldBe("12.5");
        var verified = (await RunAsync("ledger", "verify", "--json", "--database", store.Database)).ShouldSucceed();
        verified.Json.GetProperty("walletTotal").GetString().ShouldBe("12.5");
    }

    [Fact]
    public async Task Failures_end_with_1_and_one_line_on_standard_error()
    {
        using var folder = new TemporaryFolder();
        var missing = Path.Combine(folder.Path, "none.db");
        (await RunAsync("ledger", "verify", "--database", missing)).ShouldFail("There is no store at");
        (await RunAsync("user", "show", "an@example.com", "--database", $"Host=127.0.0.1;Port={LoopbackPort.Free()};Username=u;Database=d")).ShouldFail("The store does not answer");
        (await RunAsync("user", "fly")).ShouldBeMisspelt("fly");
    }

    [Fact]
    public async Task A_store_path_is_taken_from_the_folder_one_stands_in()
    {
        using var folder = new TemporaryFolder();
        (await RunInAsync(folder.Path, "migrate")).ShouldSucceed();
        File.Exists(Path.Combine(folder.Path, "data", "tally.db")).ShouldBeTrue("the default is data/tally.db");
    }

    private static Task<Printed> RunAsync(params string[] arguments) => RunInAsync(AppContext.BaseDirectory, arguments);

    private static async Task<Printed> RunInAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tally.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start).ShouldNotBeNull();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new Printed(string.Join(' ', arguments), process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
