using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tally.Testing;

/// <summary>What a command printed, and what it ended with.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The answer of a command that was given <c>--json</c>.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }
}

/// <summary>The built executable beside the tests, run as an operator runs it: <c>dotnet tally.dll …</c>.</summary>
public static class TallyProgram
{
    /// <summary>The variable that names the point at which a process kills itself (<c>Tally.Operations.FaultPoints.Variable</c>, which this project does not see).</summary>
    public const string FaultVariable = "TALLY_FAULT";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(90);

    /// <summary>Runs a command on a store and waits for its end, whatever that is.</summary>
    public static async Task<CommandResult> TryAsync(string database, params string[] arguments)
    {
        using var process = Start([.. arguments, "--database", database]);
        using var timeout = new CancellationTokenSource(CommandTimeout);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Runs a command that must succeed, and reads its answer.</summary>
    public static async Task<JsonElement> RunAsync(string database, params string[] arguments)
    {
        var result = await TryAsync(database, [.. arguments, "--json"]);
        return result.ExitCode == 0
            ? result.Json
            : throw new InvalidOperationException($"tally {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Output} {result.Errors}");
    }

    /// <summary>Starts the executable; the caller reads its output and ends it.</summary>
    /// <param name="environment">Variables besides the ones of this process; null = none.</param>
    /// <param name="under">A program, with its own arguments, that becomes the executable when it has done its part (<c>chrt --idle 0</c>); null = none.</param>
    public static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? under = null)
    {
        string[] command = [.. under ?? [], DotNet(), Path.Combine(AppContext.BaseDirectory, "tally.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.StandardInput.Close();
        return process;
    }

    // The very runtime that runs the tests: …/shared/Microsoft.NETCore.App/VERSION/ lies three folders below it.
    private static string DotNet() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
