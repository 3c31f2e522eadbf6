using Tally.Orders;
using Tally.Testing;

namespace Tally.Torture;

/// <summary>Brings a run to its end, where everything can be known.</summary>
internal static class Settling
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4), Look = TimeSpan.FromMilliseconds(500);

    private const long DayMs = 24 * 60 * 60 * 1000;

    /// <summary>Lets a day pass for what is completed: before that no refill may be asked for.</summary>
    public static Task AgeAsync(TorturedPanel panel)
    {
        var yesterday = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - DayMs;
        return panel.ExecuteAsync($"UPDATE orders SET completed_at = completed_at - {DayMs} WHERE status = {(int)OrderStatus.Completed} AND completed_at > @yesterday", new { yesterday });
    }

    /// <summary>Asks for every order that is open until its customer knows, and waits until whatever can be sent is sent.</summary>
    public static async Task<IReadOnlyList<Violation>> RunAsync(Scene scene)
    {
        foreach (var upstream in scene.Panel.Upstreams)
        {
            upstream.Behave();
        }

        var dice = new Random(0);
        var open = scene.Journal.Wishes.Where(w => w.IsOpen).ToList();
        foreach (var some in open.Chunk(16))
        {
            await Task.WhenAll(some.Select(wish => scene.Caller.AddAsync(scene.Panel.Webs[dice.Next(scene.Panel.Webs.Count)], scene.Panel.CustomerOf(wish.Account).Key, wish)));
        }

        var silent = open.Where(w => w.Attempts[^1].Kind == AnswerKind.Unknown).Select(w => new Violation("silent", $"{w.Link} has no answer from a panel that is well")).ToList();
        var began = Clock.NowMs;
        while (await scene.Panel.ToSendAsync() > 0 && Clock.Since(began) < Patience)
        {
            // Pauses before another try grow to ten minutes; how long they are is another test's.
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await scene.Panel.ExecuteAsync(
                $"UPDATE orders SET due_at = @now WHERE due_at > @now AND send_state IN ({(int)SendState.Ready}, {(int)SendState.Unconfirmed})", new { now });
            await Task.Delay(Look);
        }

        return silent;
    }

    /// <summary>The command <c>ledger verify</c> itself.</summary>
    public static async Task<IReadOnlyList<Violation>> VerifyAsync(TorturedPanel panel)
    {
        var result = await TallyProgram.TryAsync(panel.Place.For(null), "ledger", "verify", "--json");
        return result.ExitCode == 0 && result.Json.GetProperty("holds").GetBoolean() ? [] : [new Violation("ledger", $"tally ledger verify: {result.Output} {result.Errors}")];
    }
}
