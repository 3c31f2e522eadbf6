namespace Tally.Torture;

/// <summary>A revoked key, and an account that is closed to where its customers are, are refused by every node, a moment after the change was committed.</summary>
internal static class AccessCheck
{
    /// <summary>What api-v2.md section 6 promises: within one second, on every node.</summary>
    public const long BoundMs = 1_000;

    public static IEnumerable<Violation> Of(IEnumerable<Wish> wishes, IEnumerable<RevokedKey> revoked, IEnumerable<ClosedTime> closed)
    {
        var ended = revoked.ToDictionary(r => r.Key, r => r.At);
        var shut = closed.ToLookup(c => c.Account);
        if (ended.Count == 0 && shut.Count == 0)
        {
            yield break;
        }

        foreach (var wish in wishes)
        {
            foreach (var attempt in wish.Attempts.Where(a => a.Kind == AnswerKind.Accepted))
            {
                if (ended.TryGetValue(attempt.Key, out var at) && attempt.SentAt > at + BoundMs)
                {
                    yield return new("key", $"{wish.Link}: accepted with key {attempt.Key}, {attempt.SentAt - at} ms after it was revoked");
                }

                if (shut[wish.Account].FirstOrDefault(c => attempt.SentAt > c.From + BoundMs && attempt.SentAt < c.To) is { } time)
                {
                    yield return new("address", $"{wish.Link}: accepted {attempt.SentAt - time.From} ms after the account's address list had shut its customer out");
                }
            }
        }
    }
}
