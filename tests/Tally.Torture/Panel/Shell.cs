using System.Diagnostics;

namespace Tally.Torture;

/// <summary>The system's own programs.</summary>
internal static class Shell
{
    /// <summary>Runs one that must succeed.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        if (await TryAsync(program, arguments) is { } words)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {words}");
        }
    }

    /// <summary>Runs one; null when it succeeded, else its words.</summary>
    public static async Task<string?> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        var words = (await errors + await output).Trim();
        return process.ExitCode == 0 ? null : words.Length == 0 ? $"exit code {process.ExitCode}" : words;
    }
}
