using System.Collections.Concurrent;
using CsCheck;
using Dapper;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Tally.Testing;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>Many callers at once: everyone gets the answer that is his, and the store holds exactly what was answered.</summary>
public sealed class GroupCommitStressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What happens to a draft: it is taken; it is poison; it meets a conflict once; it meets an outage once.</summary>
    private enum Fate
    {
        Taken,
        Poison,
        Conflict,
        Outage,
    }

    [Fact]
    public Task Whatever_befalls_the_drafts_each_taken_one_is_taken_once_and_each_caller_is_told_the_truth()
    {
        var fate = Gen.Frequency((12, Gen.Const(Fate.Taken)), (2, Gen.Const(Fate.Poison)), (2, Gen.Const(Fate.Conflict)), (1, Gen.Const(Fate.Outage)));
        return Gen.Select(fate.Array[1, 200], Gen.Int[1, 40], Gen.Int[1, 4]).SampleAsync((fates, maxBatch, loops) => TellAsync(fates, maxBatch, loops), iter: 60, threads: 1);
    }

    [Theory, BothStores]
    public async Task Over_a_real_store_every_answer_is_true_and_a_taken_key_is_told_to_its_caller_alone(StoreKind kind)
    {
        const int Callers = 16, Each = 40;
        await using var store = await OpenStore.CreateAsync(kind, "CREATE TABLE taken (id BIGINT PRIMARY KEY, caller BIGINT NOT NULL, CHECK (caller < 15))");
        await using var commits = new GroupCommit<(long Id, long Caller), long>(
            (drafts, ct) => store.Database.WriteAsync(tx => InsertAsync(tx, drafts), ct), 5_000, 100, kind == StoreKind.Postgres ? 2 : 1);

        // Callers share ids in pairs, and the last caller's rows break a rule: conflicts and poison on every side.
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).SelectMany(caller => Enumerable.Range(0, Each).Select(async i =>
        {
            var (id, outcome) = ((long)((caller / 2 * Each) + i), 0L);
            try
            {
                outcome = await commits.CommitAsync((id, caller)).WaitAsync(Patience);
            }
            catch (Exception e) when (e is PostgresException or Microsoft.Data.Sqlite.SqliteException)
            {
                caller.ShouldBe(Callers - 1, e.Message);
                outcome = -1;
            }

            return (id, caller, outcome);
        })));

        var rows = (await store.ReadManyAsync<(long Id, long Caller)>("SELECT id, caller FROM taken")).ToDictionary(r => r.Id, r => r.Caller);
        rows.Count.ShouldBe(Callers / 2 * Each);
        foreach (var (id, caller, outcome) in answers.Where(a => a.caller != Callers - 1))
        {
            outcome.ShouldBe(rows[id], $"caller {caller} was told who has {id}");
        }

        answers.Where(a => a.caller == Callers - 1).ShouldAllBe(a => a.outcome == -1 || a.outcome == Callers - 2);
    }

    // As the intake does it: see what is there, insert the rest; a key that another transaction takes meanwhile is a conflict.
    private static async Task<long[]> InsertAsync(WriteTransaction tx, IReadOnlyList<(long Id, long Caller)> drafts)
    {
        var ids = Sql.Ids(tx.Kind, [.. drafts.Select(d => d.Id)]);
        var there = (await tx.Connection.QueryAsync<(long Id, long Caller)>($"SELECT id, caller FROM taken WHERE {Sql.AnyOf(tx.Kind, "id", "ids")}", new { ids }, tx.Transaction))
            .ToDictionary(r => r.Id, r => r.Caller);
        var fresh = new List<(long Id, long Caller)>();
        foreach (var draft in drafts.Where(d => there.TryAdd(d.Id, d.Caller)))
        {
            fresh.Add(draft);
        }

        await BulkInsert.IntoAsync(tx, "taken", default, new BulkColumn("id", fresh.Select(d => d.Id).ToArray()), new BulkColumn("caller", fresh.Select(d => d.Caller).ToArray()));
        return [.. drafts.Select(d => there[d.Id])];
    }

    private static async Task TellAsync(Fate[] fates, int maxBatch, int loops)
    {
        var (taken, met) = (new ConcurrentDictionary<int, int>(), new ConcurrentDictionary<int, bool>());
        await using var commits = new GroupCommit<int, int>(
            async (drafts, _) =>
            {
                await Task.Yield();
                foreach (var draft in drafts)
                {
                    if (fates[draft] == Fate.Poison)
                    {
                        throw new InvalidOperationException("poison");
                    }

                    if (fates[draft] is Fate.Conflict or Fate.Outage && met.TryAdd(draft, true))
                    {
                        throw fates[draft] == Fate.Outage ? new TimeoutException() : new PostgresException("", "", "", PostgresErrorCodes.DeadlockDetected);
                    }
                }

                foreach (var draft in drafts)
                {
                    taken.AddOrUpdate(draft, 1, (_, before) => before + 1);
                }

                return [.. drafts.Select(d => d + 1_000)];
            },
            1_000, maxBatch, loops);
        var told = await Task.WhenAll(fates.Select((_, draft) => Task.Run(() => AskAsync(commits, draft))));
        for (var draft = 0; draft < fates.Length; draft++)
        {
            taken.GetValueOrDefault(draft).ShouldBe(told[draft] == "taken" ? 1 : 0, $"draft {draft}");
            told[draft].ShouldBeOneOf(fates[draft] switch
            {
                Fate.Poison => ["poison", "unavailable"],
                Fate.Outage => ["unavailable"],
                _ => (string[])["taken", "unavailable"],
            });
        }

        // An outage hurts its batch; without one nobody is told of any.
        if (!fates.Contains(Fate.Outage))
        {
            told.ShouldNotContain("unavailable");
        }
    }

    private static async Task<string> AskAsync(GroupCommit<int, int> commits, int draft)
    {
        try
        {
            (await commits.CommitAsync(draft).WaitAsync(Patience)).ShouldBe(draft + 1_000);
            return "taken";
        }
        catch (InvalidOperationException)
        {
            return "poison";
        }
        catch (StoreUnavailableException)
        {
            return "unavailable";
        }
    }
}
