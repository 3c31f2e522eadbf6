using System.CommandLine;
using Shouldly;
using Tally.Commands;
using Tally.Tests.Architecture;
using Xunit;

namespace Tally.Tests.Commands;

[Collection(nameof(CommandLine))]
public sealed class HelpTests
{
    private static readonly string[] Known =
    [
        "addresses set", "alerts list", "backup", "cancels list", "cancels reject", "demo", "doctor", "gateways list", "gateways set", "gateways unset", "key add", "key list", "key revoke", "ledger verify", "mail list", "mail off", "mail seen", "mail set", "mail show",
        "mail test", "migrate",
        "order set-status", "order show", "orders attention attach", "orders attention cancel", "orders attention list", "orders attention resend", "payments assign",
        "payments list", "payments reject", "payments seen", "payments unmatched", "provider add",
        "provider list", "provider pause", "provider resume", "provider set", "provider sync", "provider test", "refills list", "refills set", "serve", "services import",
        "services list", "services prices customer clear", "services prices customer list", "services prices customer set", "services prices list", "services prices remove", "services prices set", "services quarantine accept", "services quarantine list",
        "services quarantine reject", "services routes add", "services routes list", "services routes remove", "services routes set", "services set", "services sync",
        "services updates", "settings list", "settings set", "user add", "user confirm", "user credit", "user password", "user resume", "user show", "user suspend",
    ];

    [Fact]
    public void Every_command_argument_and_option_says_what_it_is_for()
    {
        var leaves = new List<string>();
        Visit(TallyCommand.Build(), "", leaves);
        leaves.Order(StringComparer.Ordinal).ShouldBe(Known);
    }

    [Fact]
    public void Every_command_stands_in_the_table_of_the_README()
    {
        // A row's first cell is `group command …`, and perhaps further commands of the same group, each in marks of its own.
        var cells = File.ReadLines(Path.Combine(OurCode.Root, "README.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('|')[1]);
        var listed = cells.SelectMany(cell =>
        {
            var marked = cell.Split('`').Where((_, i) => i % 2 == 1).ToList();
            var first = Known.FirstOrDefault(k => (marked[0] + " ").StartsWith(k + " ", StringComparison.Ordinal)) ?? marked[0];
            var group = first.Contains(' ') ? first[..(first.LastIndexOf(' ') + 1)] : "";
            return marked.Skip(1).Select(m => m.StartsWith(group, StringComparison.Ordinal) ? m : group + m).Prepend(first)
                .Select(m => Known.FirstOrDefault(k => (m + " ").StartsWith(k + " ", StringComparison.Ordinal)) ?? m);
        });
        listed.Distinct().Order(StringComparer.Ordinal).ShouldBe(Known);
    }

    [Fact]
    public async Task Help_is_printed_for_every_command_with_its_description()
    {
        foreach (var command in Known)
        {
            var said = (await CommandLine.RunAloneAsync([.. command.Split(' '), "--help"])).ShouldSucceed();
            said.Output.ShouldContain("Description:");
            said.Output.ShouldMatch($@"Usage:\s+\S+ {command} ");
        }
    }

    [Fact]
    public async Task Whoever_asks_for_nothing_or_too_little_is_shown_what_there_is()
    {
        var all = (await CommandLine.RunAloneAsync("--help")).ShouldSucceed();
        foreach (var command in Known)
        {
            all.Output.ShouldContain("  " + command.Split(' ')[0]);
        }

        (await CommandLine.RunAloneAsync()).ShouldBeMisspelt("Required command was not provided");
        (await CommandLine.RunAloneAsync("user")).ShouldBeMisspelt("Required command was not provided");
    }

    [Fact]
    public async Task The_version_is_told() => (await CommandLine.RunAloneAsync("--version")).ShouldSucceed().Output.ShouldMatch(@"^\d+\.\d+\.\d+");

    [Theory]
    [InlineData("fly")]
    [InlineData("user", "marry", "an@example.com")]
    [InlineData("settings", "list", "--colour")]
    [InlineData("settings", "list", "extra")]
    [InlineData("ledger", "verify", "--database")]
    public async Task What_is_not_known_is_said_and_ends_with_1(params string[] arguments)
    {
        var said = (await CommandLine.RunAloneAsync(arguments)).ShouldBeMisspelt(arguments[^1] == "an@example.com" ? "marry" : arguments[^1]);
        said.Errors.ShouldNotBeEmpty();
    }

    private static void Visit(Command command, string path, List<string> leaves)
    {
        command.Description.ShouldNotBeNullOrWhiteSpace("tally" + path);
        foreach (var argument in command.Arguments)
        {
            argument.Description.ShouldNotBeNullOrWhiteSpace($"tally{path} <{argument.Name}>");
        }

        foreach (var option in command.Options)
        {
            option.Description.ShouldNotBeNullOrWhiteSpace($"tally{path} {option.Name}");
        }

        foreach (var sub in command.Subcommands)
        {
            Visit(sub, $"{path} {sub.Name}", leaves);
        }

        if (command.Subcommands.Count == 0)
        {
            leaves.Add(path.Trim());
        }
    }
}
