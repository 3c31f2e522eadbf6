using System.Diagnostics;
using Shouldly;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Operations;

/// <summary>The files that operators install are taken by the programs that read them, where those are on this machine. <c>./dev cluster</c> runs most of them in earnest.</summary>
public sealed class DeployFilesTests
{
    private static readonly string s_deploy = Path.Combine(Tree.Root, "deploy");

    [Theory]
    [InlineData("haproxy", "/usr/sbin/haproxy", "", "-c", "-f", "haproxy-web.cfg")]
    [InlineData("haproxy", "/usr/sbin/haproxy", "", "-c", "-f", "haproxy-postgres.cfg")]
    [InlineData("prometheus", "/usr/bin/promtool", "prometheus", "check", "rules", "alerts.yml")]
    [InlineData("prometheus", "/usr/bin/promtool", "prometheus", "check", "config", "prometheus.yml")]
    [InlineData("prometheus", "/usr/bin/promtool", "prometheus", "test", "rules", "alerts.test.yml")]
    public async Task A_program_takes_its_file(string package, string program, string folder, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(program), $"No {program} on this machine (Debian's package {package}).");
        var (code, said) = await RunAsync(program, Path.Combine(s_deploy, folder), arguments);
        code.ShouldBe(0, said);
        said.ShouldNotContain("WARNING");
    }

    [Fact]
    public async Task Systemd_takes_every_line_of_the_unit()
    {
        // It ends with 0 also when it did not know a line and left it out; then it says so, under the unit's name.
        var (code, said) = await AnalyzeAsync("verify", "./tally.service");
        code.ShouldBe(0, said);
        said.Split('\n').ShouldNotContain(line => line.Contains("tally.service", StringComparison.Ordinal), said);
    }

    [Fact]
    public async Task The_unit_is_as_closed_as_it_was()
    {
        // In tenths; 14 by systemd 252. Versions differ by a tenth or two in what they count.
        var (code, said) = await AnalyzeAsync("security", "--no-pager", "--offline=true", "--threshold=17", "./tally.service");
        Assert.SkipWhen(said.Contains("unrecognized option", StringComparison.Ordinal), "This systemd judges no unit before it is loaded (from 250 on).");
        code.ShouldBe(0, said);
    }

    /// <summary>Asks <c>systemd-analyze</c> about the unit.</summary>
    private static async Task<(int Code, string Said)> AnalyzeAsync(params string[] arguments)
    {
        const string program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(program), $"No {program} on this machine (Debian's package systemd).");
        var folder = Directory.CreateTempSubdirectory("tally-unit-");
        try
        {
            // Whether the executable is there is not the question.
            var unit = (await File.ReadAllTextAsync(Path.Combine(s_deploy, "tally.service"))).Replace("ExecStart=/opt/tally/tally", "ExecStart=/bin/true", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "tally.service"), unit);
            return await RunAsync(program, folder.FullName, arguments);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var said = await output + await errors;
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        return (process.ExitCode, said);
    }
}
