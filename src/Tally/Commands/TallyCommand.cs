using System.CommandLine;
using System.Data.Common;
using Tally.Platform.Db;

namespace Tally.Commands;

/// <summary>The command line: <c>tally COMMAND</c>. Each command stands in a file of its own.</summary>
public static class TallyCommand
{
    /// <summary>Where the store is when nobody says otherwise.</summary>
    public const string DefaultDatabase = "data/tally.db";

    /// <summary>Runs a command line; the exit code is 0, or 1 when the input is wrong or the command failed, which one line on standard error then says.</summary>
    /// <param name="useBatch">How the threads of a node are told not to interrupt one another, which holds for the whole process; null when that is somebody else's.</param>
    public static async Task<int> RunAsync(string[] args, Func<string?>? useBatch = null)
    {
        try
        {
            return await Build(useBatch).Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e)
        {
            Console.Error.WriteLine("tally: " + OneLine(Words(e)));
            return 1;
        }
    }

    internal static RootCommand Build(Func<string?>? useBatch = null) => new("Tally, a panel server: sells services over API v2, keeps the money, and passes orders on.")
    {
        ServeCommand.Build(useBatch),
        DemoCommand.Build(),
        StoreCommands.Migrate(),
        StoreCommands.Doctor(),
        StoreCommands.Ledger(),
        BackupCommand.Build(),
        UserCommands.Build(),
        KeyCommands.Build(),
        AddressesCommand.Build(),
        ProviderCommands.Build(),
        ServicesCommands.Build(),
        OrderCommands.Build(),
        AttentionCommands.Build(),
        RequestCommands.Refills(),
        RequestCommands.Cancels(),
        GatewayCommands.Build(),
        PaymentCommands.Build(),
        MailCommands.Build(),
        AlertsCommand.Build(),
        SettingsCommand.Build(),
    };

    // What was foreseen speaks for itself; anything else also says its kind, by which it can be found.
    private static string Words(Exception e) => e switch
    {
        InvalidInputException or MigrationException or FormatException or ArgumentException => e.Message,
        OperationCanceledException => "Interrupted.",
        IOException or UnauthorizedAccessException => e.Message,
        _ when DatabaseFailure.Of(e) is FailureKind.Unavailable or FailureKind.CommitUnknown => "The store does not answer: " + Cause(e),
        DbException => "The store refuses: " + e.Message,
        _ => $"This should not have happened ({e.GetType().Name}): {e.Message}",
    };

    private static string Cause(Exception e) => e switch
    {
        StoreUnavailableException { InnerException: { } inner } => Cause(inner),
        { InnerException: { } inner } when !e.Message.Contains(inner.Message, StringComparison.Ordinal) => $"{e.Message} ({inner.Message})",
        _ => e.Message,
    };

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
