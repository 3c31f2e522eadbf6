using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Tally.Testing;

/// <summary>Where PostgreSQL's server programs are on this machine, if they are.</summary>
internal static partial class PostgresPrograms
{
    /// <summary>The oldest PostgreSQL that Tally runs on (architecture.md, "Store").</summary>
    public const int OldestMajor = 15;

    /// <summary>Debian keeps the server programs out of PATH, one folder for each major version.</summary>
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The folder of <c>initdb</c> and <c>pg_ctl</c>: the one in PATH, else Debian's newest; null where there is none new enough.</summary>
    public static Task<string?> FindAsync() => FindAsync(Environment.GetEnvironmentVariable("PATH") ?? "", DebianRoot);

    /// <summary>Another of its programs (<c>pg_dump</c>), from beside <c>initdb</c>, wherever that really is.</summary>
    public static async Task<string> FindAsync(string program)
    {
        var folder = await FindAsync() ?? throw Missing(ci: Environment.GetEnvironmentVariable("CI") is "true");
        var initdb = new FileInfo(Path.Combine(folder, "initdb"));
        return Path.Combine(Path.GetDirectoryName((initdb.ResolveLinkTarget(returnFinalTarget: true) ?? initdb).FullName)!, program);
    }

    internal static async Task<string?> FindAsync(string path, string debianRoot)
    {
        var inPath = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(HasServer);
        if (inPath is not null && await MajorAsync(inPath) >= OldestMajor)
            return inPath;

        if (!Directory.Exists(debianRoot))
            return null;

        return Directory.GetDirectories(debianRoot)
            .Select(folder => (Major: int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0, Programs: Path.Combine(folder, "bin")))
            .Where(found => found.Major >= OldestMajor && HasServer(found.Programs))
            .OrderByDescending(found => found.Major)
            .Select(found => found.Programs)
            .FirstOrDefault();
    }

    /// <summary>What a test ends with where there is no PostgreSQL: a visible skip on a laptop, a failure in CI.</summary>
    public static Exception Missing(bool ci) => ci
        ? new InvalidOperationException($"No PostgreSQL {OldestMajor} or newer on this machine, and CI must not skip its tests. `./dev setup` installs it on Debian.")
        : SkipException.ForSkip($"No PostgreSQL {OldestMajor} or newer on this machine. `./dev test` installs it on Debian as root; or name a server in TALLY_TEST_POSTGRES.");

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl"));

    private static async Task<int> MajorAsync(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "initdb"), "--version") { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{folder}/initdb did not start.");
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return Version().Match(text) is { Success: true } match ? int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    // "initdb (PostgreSQL) 15.9 (Debian 15.9-0+deb12u1)"
    [GeneratedRegex(@"\(PostgreSQL\) (?<major>[0-9]{1,3})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
