using System.CommandLine;
using System.Globalization;
using Tally;
using Tally.Testing;
using Tally.Torture;

var minutes = new Option<double>("--minutes") { Description = "How long; the round under way, and the settling at the end, come on top", DefaultValueFactory = _ => 3 };
var seed = new Option<int>("--seed") { Description = "Decides which faults strike, when, and what customers do; the one of a run that failed strikes the same again", DefaultValueFactory = _ => Random.Shared.Next(1, 1_000_000) };
var store = new Option<StoreKind>("--store") { Description = "sqlite, or postgres (a cluster of its own; PostgreSQL's server programs must be installed)", DefaultValueFactory = _ => StoreKind.Sqlite };
var customers = new Option<int>("--customers") { Description = "How many customers' programs ask at once", DefaultValueFactory = _ => 16 };
var faults = new Option<string[]>("--faults") { Description = $"Only faults whose names have one of these words. There are: {string.Join("; ", AllFaults.List.Select(f => f.Name))}", AllowMultipleArgumentsPerToken = true };
var patience = new Option<double>("--patience") { Description = "How many times longer than usual the panel may take to come back, on a machine that has a lot else to do", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file too" };

var root = new RootCommand(
    "Tortures a panel: real nodes under load from many customers, killed, frozen, cut off and lied to, fault upon fault. After each the panel must come back in time, with nothing lost, nothing doubled, and all "
    + "money accounted for. Exit code 1 when it does not, 3 when this machine has not got the store, 130 when it was interrupted; docs/reliability.md says what is checked.")
{
    minutes, seed, store, customers, faults, patience, json,
};
root.SetAction(async (parsed, ct) =>
{
    var options = new TortureOptions(parsed.GetValue(store), parsed.GetValue(minutes), parsed.GetValue(seed), parsed.GetValue(customers), parsed.GetValue(faults) ?? [], parsed.GetValue(patience));
    RunFigures figures;
    try
    {
        await using var run = await TortureRun.BeginAsync(options, Console.Out.WriteLine);
        figures = await run.RunAsync(ct);
    }
    catch (InvalidInputException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
    catch (StoreMissingException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 3;
    }

    Console.Out.WriteLine();
    foreach (var line in figures.Lines())
    {
        Console.Out.WriteLine(line);
    }

    if (parsed.GetValue(json) is { } file)
    {
        await File.WriteAllTextAsync(file.FullName, figures.ToJson(), CancellationToken.None);
    }

    Console.Out.WriteLine();
    if (figures.Violations.Count == 0 && figures.Interrupted)
    {
        Console.Out.WriteLine("Interrupted. What was checked until then held; what is only known at the end was not looked at.");
        return 130;
    }

    if (figures.Violations.Count == 0)
    {
        Console.Out.WriteLine("Nothing lost, nothing doubled, all money accounted for.");
        return 0;
    }

    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FAILED with seed {options.Seed} on {options.Store}, {figures.Violations.Count} violations. The first: {figures.Violations[0]}"));
    return 1;
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
