namespace Tally.Torture;

/// <summary>Holds the panel to everything that customers and providers remember, while nobody asks it for anything.</summary>
internal static class Inspection
{
    private const int ReplaysOfLate = 150, ReplaysOfOld = 50, ReplaysAtOnce = 16;

    /// <summary>Sends orders again that were acknowledged: each reference must answer the same id, whatever has happened since.</summary>
    /// <param name="wishes">All, oldest first.</param>
    /// <param name="from">How many of them were there at the last inspection.</param>
    public static async Task ReplayAsync(Scene scene, IReadOnlyList<Wish> wishes, int from, Random dice)
    {
        var late = Sample([.. wishes.Skip(from).Where(CanReplay)], ReplaysOfLate, dice);
        var old = Sample([.. wishes.Take(from).Where(CanReplay)], ReplaysOfOld, dice);
        foreach (var some in late.Concat(old).Chunk(ReplaysAtOnce))
        {
            await Task.WhenAll(some.Select(wish => ReplayAsync(scene, wish, scene.Panel.Webs[dice.Next(scene.Panel.Webs.Count)])));
        }
    }

    /// <summary>All checks over what is there now.</summary>
    /// <param name="settled">Whether nothing is under way any more.</param>
    public static async Task<IReadOnlyList<Violation>> CheckAsync(TorturedPanel panel, Journal journal, bool settled)
    {
        var store = await panel.ContentsAsync();
        var wishes = journal.Wishes;
        var found = new List<Violation>();
        found.AddRange(OrdersCheck.Of(wishes, store, panel.Rates));
        found.AddRange(MoneyCheck.Of(store, panel.Credited));
        found.AddRange(AccessCheck.Of(wishes, journal.Revoked, journal.Closed));
        found.AddRange(RequestsCheck.Of(journal.Requests, journal.Wrong, store));
        foreach (var upstream in panel.Upstreams)
        {
            found.AddRange(ProviderCheck.Of(store, upstream.Id, upstream.References, upstream.Provider.OrdersTaken, upstream.Lied, settled));
        }

        found.AddRange(panel.Nodes.Where(n => n.HasFallen).Select(n => new Violation("fallen", $"{n.Name} ended by itself:\n{string.Join('\n', n.LastWords)}")));
        found.AddRange(panel.Nodes.SelectMany(n => n.Failed).Select(line => new Violation("log", line)));
        return found;
    }

    private static bool CanReplay(Wish wish) => wish is { Reference: not null, Acknowledged: not null };

    private static IEnumerable<Wish> Sample(Wish[] wishes, int count, Random dice)
    {
        dice.Shuffle(wishes);
        return wishes.Take(count);
    }

    private static async Task ReplayAsync(Scene scene, Wish wish, Node node)
    {
        // An answer may get lost as any other; what is said must be the id.
        var attempt = await scene.Caller.AddAsync(node, scene.Panel.CustomerOf(wish.Account).Key, wish);
        if (attempt.Kind == AnswerKind.Refused)
        {
            scene.Journal.Add(new WrongAnswer($"{wish.Link} was acknowledged as {wish.Acknowledged}, and was refused when it was sent again: {attempt.Code}"));
        }
    }
}
