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
        (await RunAsync(program, Path.Combine(s_deploy, folder), arguments)).ShouldBe((0, true));
    }

    [Fact]
    public async Task Systemd_takes_the_unit()
    {
        const string program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(program), $"No {program} on this machine.");
        var folder = Directory.CreateTempSubdirectory("tally-unit-");
        try
        {
            // Whether the executable is there is not the question.
            var unit = (await File.ReadAllTextAsync(Path.Combine(s_deploy, "tally.service"))).Replace("ExecStart=/opt/tally/tally", "ExecStart=/bin/true", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "tally.service"), unit);
            (await RunAsync(program, folder.FullName, "verify", "./tally.service")).ShouldBe((0, true));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The exit code, and whether nothing was said that begins with a warning.</summary>
    private static async Task<(int Code, bool Clean)> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var said = await output + await errors;
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        return (process.ExitCode, !said.Contains("WARNING", StringComparison.OrdinalIgnoreCase));
    }
}
