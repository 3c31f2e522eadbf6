using System.CommandLine;
using Tally.Operations;
using Tally.Platform;
using Tally.Platform.Db;

namespace Tally.Commands;

/// <summary><c>serve</c>: a node.</summary>
internal static class ServeCommand
{
    /// <param name="useBatch">See <see cref="ThreadScheduling.UseBatch"/>; null leaves the threads as they are.</param>
    public static Command Build(Func<string?>? useBatch)
    {
        var database = CommandScope.DatabaseOption();
        var urls = new Option<string>("--urls") { Description = "Where to listen, separated by ;", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var roles = new Option<string>("--roles") { Description = "What this node does: web, worker, or both", DefaultValueFactory = _ => "web,worker" };
        var format = new Option<LogFormat>("--log-format") { Description = "Log lines for machines (json) or people (text)" };
        var drain = new Option<int>("--drain") { Description = "After SIGTERM: seconds for which /readyz says no before the node stops taking requests, so that a load balancer looks elsewhere" };
        var json = new Option<bool>("--json") { Description = "Log lines for machines; the default, and the same as --log-format json" };
        var scheduling = new Option<Scheduling>("--scheduling") { Description = "On Linux: a thread that wakes waits for its turn (batch), which does more when the processors are busy, or may interrupt another (normal)" };
        var command = new Command("serve", "Start a node. It brings an empty or older store forward, and refuses a newer one.") { database, urls, roles, drain, format, json, scheduling };
        command.SetAction(async (parsed, ct) =>
        {
            // First of all: threads are scheduled like the one that makes them.
            var refused = parsed.GetValue(scheduling) == Scheduling.Batch ? useBatch?.Invoke() : null;
            var where = parsed.GetValue(urls)!;
            if (string.IsNullOrWhiteSpace(where))
            {
                throw new InvalidInputException("--urls: name an address such as http://127.0.0.1:8080.");
            }

            if (parsed.GetValue(drain) is < 0 or > Drain.LongestSeconds)
            {
                throw new InvalidInputException($"--drain: between 0 and {Drain.LongestSeconds} seconds.");
            }

            var logs = parsed.GetValue(json) ? LogFormat.Json : parsed.GetValue(format);
            await using var app = PanelHost.Build(new PanelOptions(
                parsed.GetValue(database)!, where, Roles(parsed.GetValue(roles)!), logs, Drain: TimeSpan.FromSeconds(parsed.GetValue(drain))));
            if (refused is not null)
            {
                app.Logger.LogInformation("The system does not let threads be scheduled as batch ({Reason}): all works, but less is done when the processors are busy. --scheduling normal does not ask for it", refused);
            }

            var broken = app.Services.GetRequiredService<Database>().Broken;
            await app.RunAsync(ct);
            return broken.IsCancellationRequested ? 1 : 0;
        });
        return command;
    }

    private static NodeRoles Roles(string text)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? throw new InvalidInputException("--roles: name web, worker, or both.") : words.Aggregate(NodeRoles.None, (all, word) => all | word switch
        {
            "web" => NodeRoles.Web,
            "worker" => NodeRoles.Worker,
            _ => throw new InvalidInputException($"--roles: '{word}' is neither web nor worker."),
        });
    }
}
