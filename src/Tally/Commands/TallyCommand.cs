using System.CommandLine;
using Tally.Platform.Db;

namespace Tally.Commands;

/// <summary>The command line: <c>tally COMMAND</c>. Each command stands in a file of its own.</summary>
public static class TallyCommand
{
    /// <summary>Where the store is when nobody says otherwise.</summary>
    public const string DefaultDatabase = "data/tally.db";

    /// <summary>Runs a command line; the exit code is 0, or 1 when the input is wrong or the command failed.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await Build().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is InvalidInputException or MigrationException or FormatException or ArgumentException)
        {
            return Failed(e.Message);
        }
        catch (Exception e) when (DatabaseFailure.Of(e) is FailureKind.Unavailable or FailureKind.CommitUnknown)
        {
            return Failed("The store does not answer: " + e.Message);
        }
        catch (IOException e)
        {
            return Failed(e.Message);
        }
    }

    private static RootCommand Build() => new("Tally, a panel server: sells services over API v2, keeps the money, and passes orders on.")
    {
        ServeCommand.Build(),
        DemoCommand.Build(),
        StoreCommands.Migrate(),
        StoreCommands.Doctor(),
        StoreCommands.Ledger(),
        UserCommands.Build(),
        KeyCommands.Build(),
        AddressesCommand.Build(),
        ProviderCommands.Build(),
        ServicesCommands.Build(),
        OrderCommands.Build(),
        AttentionCommands.Build(),
        SettingsCommand.Build(),
    };

    private static int Failed(string message)
    {
        Console.Error.WriteLine("tally: " + message);
        return 1;
    }
}
