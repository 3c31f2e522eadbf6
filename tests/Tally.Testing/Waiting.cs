namespace Tally.Testing;

public static class Waiting
{
    /// <summary>Waits until something holds, looking again and again.</summary>
    /// <exception cref="TimeoutException">It did not come to hold in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what, int atMostSeconds = 30)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (atMostSeconds * TimeProvider.System.TimestampFrequency);
        while (!await holds())
        {
            if (TimeProvider.System.GetTimestamp() > deadline)
            {
                throw new TimeoutException($"It did not come to pass in {atMostSeconds} s: {what}");
            }

            await Task.Delay(25);
        }
    }
}
