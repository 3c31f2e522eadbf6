using System.Collections.Concurrent;
using Npgsql;
using Shouldly;
using Tally.Platform.Db;
using Xunit;

namespace Tally.Tests.Platform.Db;

/// <summary>How drafts come together and what each is told, against a commit that the test scripts.</summary>
public sealed class GroupCommitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Exception Conflict = new PostgresException("duplicate key", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation);

    [Fact]
    public async Task Drafts_that_come_while_one_commit_runs_form_the_next_batch()
    {
        var held = new HeldWork<int>();
        await using var commits = Held(held, 100, 100);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var others = Enumerable.Range(2, 9).Select(commits.CommitAsync).ToList();
        commits.Depth.ShouldBe(9);
        held.LetGo(2);
        (await first.WaitAsync(Patience)).ShouldBe(10);
        (await Task.WhenAll(others).WaitAsync(Patience)).ShouldBe(Enumerable.Range(2, 9).Select(i => i * 10));
        held.Batches.ShouldBe([[1], [2, 3, 4, 5, 6, 7, 8, 9, 10]]);
        commits.HandedIn.ShouldBe(10);
    }

    [Fact]
    public async Task No_batch_is_larger_than_it_may_be()
    {
        var held = new HeldWork<int>();
        await using var commits = Held(held, 100, 4);
        var all = new List<Task<int>> { commits.CommitAsync(0) };
        await held.BegunAsync();
        all.AddRange(Enumerable.Range(1, 10).Select(commits.CommitAsync));
        held.LetGo(4);
        await Task.WhenAll(all).WaitAsync(Patience);
        held.Batches.Select(b => b.Length).ShouldBe([1, 4, 4, 2]);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_takes_again_when_there_is_room()
    {
        var held = new HeldWork<int>();
        await using var commits = Held(held, 3, 10);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var waiting = new[] { 2, 3, 4 }.Select(commits.CommitAsync).ToList();
        var refused = commits.CommitAsync(5);
        refused.IsFaulted.ShouldBeTrue("nobody waits to be refused");
        await Should.ThrowAsync<StoreUnavailableException>(() => refused);
        held.LetGo(3);
        await Task.WhenAll([first, .. waiting]).WaitAsync(Patience);
        (await commits.CommitAsync(6).WaitAsync(Patience)).ShouldBe(60);
        held.Batches.SelectMany(b => b).ShouldNotContain(5);
    }

    [Fact]
    public async Task As_many_commits_run_at_once_as_there_are_loops()
    {
        var held = new HeldWork<int>();
        await using var commits = Held(held, 100, 1, loops: 3);
        var all = Enumerable.Range(1, 5).Select(commits.CommitAsync).ToList();
        await held.BegunAsync(3);
        held.Batches.Count.ShouldBe(3);
        held.LetGo(5);
        (await Task.WhenAll(all).WaitAsync(Patience)).ShouldBe([10, 20, 30, 40, 50]);
    }

    [Fact]
    public async Task Nobody_hears_of_a_batch_before_it_is_durable_and_the_next_one_is_written_meanwhile()
    {
        var (written, disks) = (new SemaphoreSlim(0), new[] { new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource() });
        var batches = 0;
        await using var commits = new GroupCommit<int, int>(100, 100, 1, null, (drafts, _) =>
        {
            written.Release();
            return Task.FromResult(new Written<int[]>(Tenfold(drafts), disks[batches++].Task));
        });
        var first = commits.CommitAsync(1);
        (await written.WaitAsync(Patience)).ShouldBeTrue();
        var second = commits.CommitAsync(2);
        (await written.WaitAsync(Patience)).ShouldBeTrue("the next one is written while the first waits for the disk");
        var third = commits.CommitAsync(3);
        (await written.WaitAsync(TimeSpan.FromMilliseconds(100))).ShouldBeFalse("no more than one waits while another is written");
        (first.IsCompleted, second.IsCompleted, batches).ShouldBe((false, false, 2));
        disks[0].SetResult();
        (await first.WaitAsync(Patience)).ShouldBe(10);
        (await written.WaitAsync(Patience)).ShouldBeTrue();
        disks[1].SetException(new CommitUnknownException("planted"));
        disks[2].SetResult();
        (await Should.ThrowAsync<StoreUnavailableException>(() => second.WaitAsync(Patience))).InnerException.ShouldBeOfType<CommitUnknownException>();
        (await third.WaitAsync(Patience)).ShouldBe(30);
    }

    [Fact]
    public async Task A_conflict_runs_the_same_batch_again()
    {
        var (calls, held) = (0, new HeldWork<int>());
        await using var commits = new GroupCommit<int, int>(
            async (drafts, _) =>
            {
                await held.HoldAsync(drafts);
                return Interlocked.Increment(ref calls) is 2 or 3 ? throw Conflict : Tenfold(drafts);
            },
            100, 100, 1);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var others = new[] { 2, 3 }.Select(commits.CommitAsync).ToList();
        held.LetGo(4);
        (await Task.WhenAll([first, .. others]).WaitAsync(Patience)).ShouldBe([10, 20, 30]);
        held.Batches.ShouldBe([[1], [2, 3], [2, 3], [2, 3]]);
    }

    [Fact]
    public async Task A_conflict_that_never_ends_is_told_after_a_bounded_number_of_tries()
    {
        var calls = 0;
        await using var commits = new GroupCommit<int, int>((_, _) => Interlocked.Increment(ref calls) > 0 ? throw Conflict : null!, 100, 100, 1);
        (await Should.ThrowAsync<PostgresException>(() => commits.CommitAsync(1).WaitAsync(Patience))).ShouldBeSameAs(Conflict);
        calls.ShouldBe(5);
    }

    [Fact]
    public async Task A_poisoned_draft_hurts_only_itself()
    {
        var (poison, held) = (new InvalidOperationException("poison"), new HeldWork<int>());
        await using var commits = new GroupCommit<int, int>(
            async (drafts, _) =>
            {
                await held.HoldAsync(drafts);
                return drafts.Contains(3) ? throw poison : Tenfold(drafts);
            },
            100, 100, 1);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var (two, three, four) = (commits.CommitAsync(2), commits.CommitAsync(3), commits.CommitAsync(4));
        held.LetGo(10);
        (await Task.WhenAll(first, two, four).WaitAsync(Patience)).ShouldBe([10, 20, 40]);
        (await Should.ThrowAsync<InvalidOperationException>(() => three.WaitAsync(Patience))).ShouldBeSameAs(poison);
        held.Batches.ShouldBe([[1], [2, 3, 4], [2], [3], [4]]);
    }

    public static TheoryData<string> Outages => ["connection", "server", "timeout", "commit unknown"];

    [Theory, MemberData(nameof(Outages))]
    public async Task An_outage_fails_the_whole_batch_and_never_runs_it_again(string outage)
    {
        Exception failure = outage switch
        {
            "connection" => new NpgsqlException("broken", new IOException("reset")),
            "server" => new PostgresException("going down", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
            "timeout" => new TimeoutException(),
            _ => new CommitUnknownException(new IOException("reset")),
        };
        var (fails, held) = (true, new HeldWork<int>());
        await using var commits = new GroupCommit<int, int>(
            async (drafts, _) =>
            {
                await held.HoldAsync(drafts);
                return Volatile.Read(ref fails) && drafts[0] != 1 ? throw failure : Tenfold(drafts);
            },
            100, 100, 1);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var lost = new[] { 2, 3, 4 }.Select(commits.CommitAsync).ToList();
        held.LetGo(2);
        await first.WaitAsync(Patience);
        foreach (var one in lost)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(() => one.WaitAsync(Patience))).InnerException.ShouldBeSameAs(failure);
        }

        Volatile.Write(ref fails, false);
        held.LetGo();
        (await commits.CommitAsync(5).WaitAsync(Patience)).ShouldBe(50, "it goes on when the store is back");
        held.Batches.ShouldBe([[1], [2, 3, 4], [5]]);
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_takes_no_more()
    {
        var held = new HeldWork<int>();
        var commits = Held(held, 100, 2);
        var all = new List<Task<int>> { commits.CommitAsync(1) };
        await held.BegunAsync();
        all.AddRange(new[] { 2, 3, 4 }.Select(commits.CommitAsync));
        var closing = commits.DisposeAsync().AsTask();
        await Should.ThrowAsync<StoreUnavailableException>(() => commits.CommitAsync(5));
        closing.IsCompleted.ShouldBeFalse();
        held.LetGo(3);
        await closing.WaitAsync(Patience);
        (await Task.WhenAll(all)).ShouldBe([10, 20, 30, 40]);
    }

    [Fact]
    public async Task Every_commit_is_told_with_its_size()
    {
        var told = new ConcurrentQueue<int>();
        var held = new HeldWork<int>();
        await using (var commits = Held(held, 100, 100, committed: (drafts, took) =>
        {
            took.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            told.Enqueue(drafts);
        }))
        {
            var first = commits.CommitAsync(1);
            await held.BegunAsync();
            var others = new[] { 2, 3, 4 }.Select(commits.CommitAsync).ToList();
            held.LetGo(2);
            await Task.WhenAll([first, .. others]).WaitAsync(Patience);
        }

        told.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Whoever_is_told_of_a_commit_and_fails_does_not_make_it_run_again()
    {
        var held = new HeldWork<int>();
        var commits = Held(held, 100, 100, committed: (_, _) => throw new InvalidOperationException("the meter is broken"));
        held.LetGo(10);
        (await commits.CommitAsync(1).WaitAsync(Patience)).ShouldBe(10);
        (await commits.CommitAsync(2).WaitAsync(Patience)).ShouldBe(20);
        held.Batches.ShouldBe([[1], [2]], "what is committed is never done again");
        (await Should.ThrowAsync<InvalidOperationException>(async () => await commits.DisposeAsync())).Message.ShouldBe("the meter is broken");
    }

    [Fact]
    public async Task Outcomes_that_do_not_fit_the_drafts_are_an_error_and_not_a_second_commit()
    {
        var held = new HeldWork<int>();
        await using var commits = new GroupCommit<int, int>(
            async (drafts, _) =>
            {
                await held.HoldAsync(drafts);
                return drafts.Count == 1 ? Tenfold(drafts) : [7];
            },
            100, 100, 1);
        var first = commits.CommitAsync(1);
        await held.BegunAsync();
        var others = new[] { 2, 3 }.Select(commits.CommitAsync).ToList();
        held.LetGo(10);
        await first.WaitAsync(Patience);
        foreach (var one in others)
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => one.WaitAsync(Patience))).Message.ShouldContain("1 outcomes for 2 drafts");
        }

        held.Batches.ShouldBe([[1], [2, 3]]);
    }

    private static GroupCommit<int, int> Held(HeldWork<int> held, int capacity, int maxBatch, int loops = 1, Action<int, TimeSpan>? committed = null) => new(
        async (drafts, _) =>
        {
            await held.HoldAsync(drafts);
            return Tenfold(drafts);
        },
        capacity, maxBatch, loops, committed);

    private static int[] Tenfold(IReadOnlyList<int> drafts) => [.. drafts.Select(d => d * 10)];
}
