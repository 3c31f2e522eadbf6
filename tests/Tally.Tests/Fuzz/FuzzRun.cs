using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dapper;
using Shouldly;
using Tally.Ledger;
using Tally.Platform.Db;
using Tally.Tests.ApiV2;

namespace Tally.Tests.Fuzz;

/// <summary>What became of the requests that were sent.</summary>
internal sealed class FuzzTally
{
    private long _sent, _refused, _irregular, _limited, _lost, _unseen;

    /// <summary>The ids of all orders that an answer told of.</summary>
    public ConcurrentDictionary<long, bool> Orders { get; } = new();

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Answers that were one refusal.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests that were no proper HTTP.</summary>
    public long Irregular => Interlocked.Read(ref _irregular);

    /// <summary>Answers of flood control.</summary>
    public long Limited => Interlocked.Read(ref _limited);

    /// <summary>Requests whose connection ended before any answer: what they did is not known.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Answers without a body, to HEAD, and those that a connection took with it when it broke: they may have placed an order and did not tell of it.</summary>
    public long Unseen => Interlocked.Read(ref _unseen);

    public void CountUnseen() => Interlocked.Increment(ref _unseen);

    public void CountSent(bool regular)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _irregular, regular ? 0 : 1);
    }

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountLimited() => Interlocked.Increment(ref _limited);

    public void CountLost() => Interlocked.Increment(ref _lost);
}

/// <summary>Sends fuzzed requests to a panel and judges every answer; between the rounds it holds the store against what was answered.</summary>
internal sealed class FuzzRun(ContractCustomer customer, ContractLog log, FuzzRequests requests, ulong seed, string balance) : IAsyncDisposable
{
    private const int Lanes = 6, LongestShown = 3_000;

    private readonly RawConnection[] _connections = [.. Enumerable.Range(0, Lanes).Select(_ => new RawConnection(customer.Panel.Api.Host, customer.Panel.Api.Port))];

    public FuzzTally Tally { get; } = new();

    /// <summary>Sends the requests of these numbers, several at a time, and looks at the books.</summary>
    public async Task RoundAsync(long from, long to)
    {
        var next = from - 1;
        await Task.WhenAll(_connections.Select(connection => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < to)
            {
                await OneAsync(connection, number);
            }
        })));
        log.Errors.ShouldBeEmpty($"seed {seed}, requests {from} to {to}");
        await BooksAsync();
    }

    /// <summary>
    /// Sends one request after the other, and sees after each that it moved no money unless it placed an order or gave one back. An order of an earlier request whose answer nobody saw may be stored
    /// meanwhile: its caller is gone, and the store takes its time.
    /// </summary>
    public async Task OneByOneAsync(long from, long to)
    {
        for (var number = from; number < to; number++)
        {
            var before = (Money: await MoneyAsync(), Tally.Orders.Count, Tally.Refused);
            await OneAsync(_connections[0], number);
            var after = (Money: await MoneyAsync(), Tally.Orders.Count, Tally.Refused);
            var late = after.Money.Orders > before.Money.Orders && after.Money.Orders <= after.Count + Tally.Lost + Tally.Unseen && after.Money.Wallets == Money.Parse(balance).Units - after.Money.Net;
            if (after.Refused > before.Refused && after.Count == before.Count && after.Money != before.Money && !late)
            {
                throw new FuzzFindingException($"seed {seed}, request {number}: refused, and yet it moved money: {before.Money} → {after.Money}\n{Shown(requests.Make(number).Bytes)}", null);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task OneAsync(RawConnection connection, long number)
    {
        var request = requests.Make(number);
        Tally.CountSent(request.IsRegular);
        try
        {
            if (request.IsRegular)
            {
                var answer = await connection.AskAsync(request);
                if (answer is null)
                {
                    (request.Bytes.Length > RawConnection.LargeBytes).ShouldBeTrue("No answer");
                    Tally.CountLost();
                }
                else
                {
                    Judge(request, answer);
                }
            }
            else
            {
                var (answers, broke) = await connection.ThrowAsync(request);
                if (answers.Count == 0)
                {
                    // Also without a break: whoever has said that this was all may be left before the answer is there.
                    Tally.CountLost();
                }
                else if (broke)
                {
                    Tally.CountUnseen();
                }

                foreach (var answer in answers)
                {
                    JudgeIrregular(answer);
                }
            }
        }
        catch (Exception e) when (e is not FuzzFindingException)
        {
            throw new FuzzFindingException($"seed {seed}, request {number}: {e.Message}\n{Shown(request.Bytes)}", e);
        }
    }

    private void Judge(FuzzRequest request, RawAnswer answer)
    {
        if (answer.Status == 304 && Encoding.UTF8.GetString(request.Bytes).Contains("If-None-Match", StringComparison.Ordinal))
        {
            return;
        }

        Hold(answer.Status is 200 or 429 && answer.Headers.GetValueOrDefault("content-type") == "application/json", answer);
        if (request.IsHead)
        {
            Tally.CountUnseen();
            return;
        }

        Read(answer);
    }

    // The server itself refuses what is no HTTP, and a damaged address leads to a page: all but a failure may be answered.
    private void JudgeIrregular(RawAnswer answer)
    {
        Hold(answer.Status is >= 200 and < 500 or 505, answer);
        if (answer.Headers.GetValueOrDefault("content-type") != "application/json")
        {
            return;
        }

        if (answer.Body.Length > 0)
        {
            Read(answer);
        }
        else
        {
            Tally.CountUnseen();
        }
    }

    private void Read(RawAnswer answer)
    {
        using var json = JsonDocument.Parse(answer.Body);
        var root = json.RootElement;
        Hold(root.ValueKind is JsonValueKind.Object or JsonValueKind.Array && answer.Body.AsSpan().IndexOf("\"unavailable\""u8) < 0, answer);
        if (root.ValueKind == JsonValueKind.Array)
        {
            return;
        }

        if (root.TryGetProperty("error", out var error))
        {
            Hold(error.GetString()!.Length > 0, answer);
            Tally.CountRefused();
            if (answer.Status == 429)
            {
                Tally.CountLimited();
            }
        }
        else if (root.TryGetProperty("order", out var order))
        {
            Tally.Orders[order.GetInt64()] = true;
        }
    }

    // The words are only made when they are needed: this runs a million times.
    private static void Hold(bool holds, RawAnswer answer)
    {
        if (!holds)
        {
            throw new InvalidOperationException("An answer against the contract: " + answer);
        }
    }

    /// <summary>As many orders as were answered (and at most those besides whose answer nobody saw), and wallets as these orders leave them.</summary>
    private async Task BooksAsync()
    {
        var (orders, wallets, net, _) = await MoneyAsync();
        orders.ShouldBeInRange(Tally.Orders.Count, Tally.Orders.Count + Tally.Lost + Tally.Unseen, $"seed {seed}: other orders than those that were answered, or whose answer nobody saw");
        wallets.ShouldBe(Money.Parse(balance).Units - net, $"seed {seed}: the wallets are not what the orders leave");
    }

    private async Task<(long Orders, long Wallets, long Net, long Transfers)> MoneyAsync()
    {
        await using var connection = await customer.Panel.Get<Database>().OpenReadAsync(CancellationToken.None);
        return await connection.QuerySingleAsync<(long, long, long, long)>(
            """
            SELECT (SELECT COUNT(*) FROM orders), (SELECT CAST(SUM(balance) AS BIGINT) FROM ledger_wallets), (SELECT CAST(COALESCE(SUM(charge - refunded), 0) AS BIGINT) FROM orders),
              (SELECT COUNT(*) FROM ledger_transfers)
            """);
    }

    private static string Shown(byte[] bytes)
    {
        var text = string.Concat(bytes.Take(LongestShown).Select(b => b is (>= 0x20 and < 0x7f) or (byte)'\n' ? ((char)b).ToString() : b == '\r' ? "" : $"\\x{b:x2}"));
        return bytes.Length > LongestShown ? $"{text}… ({bytes.Length} bytes)" : text;
    }
}

/// <summary>What a fuzz run has found, with what it takes to send it again.</summary>
public sealed class FuzzFindingException(string message, Exception? inner) : Exception(message, inner);
