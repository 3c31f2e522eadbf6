namespace Tally.Operations;

/// <summary>
/// The places between two statements at which a process may die, one for each step of the work in the background. "…ing" points stand at the end of a
/// transaction, before it commits; "…ed" points right behind it.
/// </summary>
public enum FaultPoint
{
    SendClaiming,
    SendClaimed,
    SendAnswered,
    SendWriting,
    SendWritten,
    TakeoverWriting,
    TakenOver,
    SyncTurnTaking,
    SyncTaken,
    SyncAnswered,
    SyncWriting,
    SyncWritten,
    RunWriting,
    RunWritten,
    ChildWriting,
    ChildWritten,
    CancelClaiming,
    CancelClaimed,
    CancelAnswered,
    CancelWriting,
    CancelWritten,
    RefillClaiming,
    RefillClaimed,
    RefillCalling,
    RefillAnswered,
    RefillWriting,
    RefillWritten,
    CatalogueWriting,
    CatalogueWritten,
    PaymentWriting,
    PaymentWritten,
}

/// <summary>
/// Lets a test end the process, or hold it, at a point that it names: with <c>TALLY_FAULT=SendAnswered</c> (or <c>SendAnswered@3</c>, the third time) in its
/// environment the process kills itself there, as <c>kill -9</c> would. Without it, which is always so in service, a point costs a comparison.
/// </summary>
public sealed class FaultPoints(Func<FaultPoint, Task>? reached = null)
{
    /// <summary>The environment variable that names the point.</summary>
    public const string Variable = "TALLY_FAULT";

    /// <summary>The work has come to a point.</summary>
    public Task ReachAsync(FaultPoint point) => reached is null ? Task.CompletedTask : reached(point);

    /// <summary>Reads <see cref="Variable"/>.</summary>
    /// <exception cref="InvalidInputException">It names no point.</exception>
    public static FaultPoints FromEnvironment() => Of(Environment.GetEnvironmentVariable(Variable), KillThisProcess);

    internal static FaultPoints Of(string? text, Action kill)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new FaultPoints();
        }

        var parts = text.Split('@');
        var times = 1;
        if (parts.Length > 2 || !Enum.GetNames<FaultPoint>().Contains(parts[0]) || !Enum.TryParse<FaultPoint>(parts[0], out var wanted)
            || (parts.Length == 2 && (!int.TryParse(parts[1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out times) || times < 1)))
        {
            throw new InvalidInputException($"{Variable}: '{text}' is no point. There are: {string.Join(", ", Enum.GetNames<FaultPoint>())}, each with @n for the n-th time.");
        }

        var count = 0;
        return new FaultPoints(point =>
        {
            if (point == wanted && Interlocked.Increment(ref count) == times)
            {
                kill();
            }

            return Task.CompletedTask;
        });
    }

    private static void KillThisProcess()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();

        // The signal may take a moment to arrive, and nothing may happen in it.
        Thread.CurrentThread.Join();
    }
}
