using System.Text.RegularExpressions;

namespace Tally.Tests.Architecture;

/// <summary>Rules that the compiled code cannot show: words in source files, SQL above all. Line comments do not count.</summary>
internal static partial class SourceRules
{
    private static readonly string[] Endings = [".cs", ".sql", ".razor", ".cshtml"];

    /// <summary>Rule 2: the ledger's tables are named by the ledger alone.</summary>
    public static Findings OnlyTheLedgerNamesItsTables(string source) =>
        Scan(source, file => !IsBelow(file, "Tally.Ledger"), LedgerTable(), "names a table of the ledger");

    /// <summary>Rule 2: transfers are never changed or deleted; of the ledger's rows only wallets are updated.</summary>
    public static Findings TheLedgerOnlyAppends(string source) =>
        Scan(source, file => IsBelow(file, "Tally.Ledger"), LedgerRewrite(), "changes or deletes rows of the ledger");

    /// <summary>Rule 7: no floating point near money.</summary>
    public static Findings MoneyIsNoFloatingPoint(string source) =>
        Scan(source, file => IsBelow(file, "Tally.Ledger"), FloatingPoint(), "uses floating point");

    /// <summary>Rule 3: no SQL in an endpoint or a page.</summary>
    public static Findings FacesHoldNoSql(string source) =>
        Scan(source, IsFace, Sql(), "holds SQL");

    /// <summary>Rules 5 and 7: the guard is the only place that may lift a ban.</summary>
    public static Findings OnlyTheGuardLiftsBans(string source) =>
        Scan(source, file => !IsBelow(file, "Tally.Platform/Http"), LiftedBan(), "lifts the ban on a banned symbol");

    /// <summary>Whether <paramref name="source"/> has a file of an endpoint or a page.</summary>
    public static bool HasFaces(string source) => Files(source).Any(IsFace);

    private static Findings Scan(string source, Func<string, bool> isExamined, Regex forbidden, string what)
    {
        var examined = Files(source).Where(isExamined).ToList();
        var violations = examined
            .SelectMany(file => File.ReadLines(Path.Combine(source, file)).Select((line, index) => (file, number: index + 1, code: WithoutComment(file, line))))
            .Where(line => forbidden.IsMatch(line.code))
            .Select(line => $"{line.file}:{line.number} {what}: {line.code.Trim()}")
            .ToList();
        return new Findings(examined.Count, violations);
    }

    private static IEnumerable<string> Files(string source) => Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
        .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.Ordinal))
        .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "obj" or "bin" or "node_modules"));

    private static string WithoutComment(string file, string line) =>
        (file.EndsWith(".sql", StringComparison.Ordinal) ? SqlComment() : LineComment()).Replace(line, "");

    private static bool IsBelow(string file, string folder) => file.StartsWith($"{folder}/", StringComparison.Ordinal);

    private static bool IsFace(string file) =>
        IsBelow(file, "Tally/ApiV2") || IsBelow(file, "Tally/Ui") || file.Contains("/Pages/", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal);

    // Not the two slashes of an address in a string.
    [GeneratedRegex(@"(?<!:)//.*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LineComment();

    [GeneratedRegex(@"--.*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SqlComment();

    [GeneratedRegex(@"\bledger_[a-z]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LedgerTable();

    [GeneratedRegex(@"\b(UPDATE\s+(ONLY\s+)?ledger_(?!wallets\b)|DELETE\s+FROM\s+(ONLY\s+)?ledger_|TRUNCATE\s+(TABLE\s+)?ledger_|REPLACE\s+INTO\s+ledger_)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LedgerRewrite();

    [GeneratedRegex(@"\b(float|double|Half|Single|Double|REAL|DOUBLE PRECISION|FLOAT)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+[""@*(\w]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sql();

    [GeneratedRegex("RS0030|SuppressMessage.*BannedApi", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LiftedBan();
}
