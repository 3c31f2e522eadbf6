using System.Diagnostics;
using Shouldly;
using Tally.Tests.Architecture;
using Xunit;

namespace Tally.Tests.Security;

/// <summary>How <c>./dev audit</c> judges what a registry says of our packages.</summary>
public sealed class AuditTests
{
    private const string Nuget = """{"version":1,"projects":[{"path":"a"},{"path":"b","frameworks":[{"framework":"net10.0","topLevelPackages":[{"id":"A","resolvedVersion":"1.0.0"}],"transitivePackages":[{"id":"B","resolvedVersion":"2.0.0","vulnerabilities":[{"severity":"SEVERITY","advisoryurl":"https://advisory.example/1"}]}]}]}]}""";

    private const string Npm = """{"auditReportVersion":2,"vulnerabilities":{"a":{"name":"a","via":["b"],"range":"<2"},"b":{"name":"b","range":"<3","via":[{"title":"t","url":"https://advisory.example/2","severity":"SEVERITY","range":"<3"}]}}}""";

    [Theory]
    [InlineData("nuget", Nuget, "Critical", 1, "critical: B 2.0.0 https://advisory.example/1")]
    [InlineData("nuget", Nuget, "High", 1, "high: B 2.0.0 https://advisory.example/1")]
    [InlineData("nuget", Nuget, "Moderate", 0, "moderate: B 2.0.0 https://advisory.example/1")]
    [InlineData("npm", Npm, "high", 1, "high: b <3 https://advisory.example/2")]
    [InlineData("npm", Npm, "low", 0, "low: b <3 https://advisory.example/2")]
    [InlineData("nuget", """{"version":1,"projects":[{"path":"a"}]}""", "", 0, "")]
    [InlineData("npm", """{"auditReportVersion":2,"vulnerabilities":{}}""", "", 0, "")]
    [InlineData("npm", """{"message":"405 Method Not Allowed","error":{"summary":""}}""", "", 3, "")]
    [InlineData("nuget", "error: there is no such source", "", 3, "")]
    [InlineData("npm", "", "", 3, "")]
    public async Task An_advisory_that_is_high_fails_and_an_answer_that_is_none_is_not_taken_for_good_news(string registry, string report, string severity, int status, string says)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(OurCode.Root, ".ci", "audit.mjs"), registry]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await node.StandardInput.WriteAsync(report.Replace("SEVERITY", severity, StringComparison.Ordinal));
        node.StandardInput.Close();
        var said = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        (node.ExitCode, said.Trim()).ShouldBe((status, says));
    }
}
