using System.Globalization;
using System.Text.Json;

namespace Tally.Torture;

/// <summary>
/// Customers who order, ask and cancel, all at once and each in its own order of things: some twice in the same moment, some through another node, some hang up; and who got no answer tries again with
/// the same reference. What they did is in the journal.
/// </summary>
internal sealed class Crowd(TorturedPanel panel, Journal journal, Caller caller, Counters counters, int seed, int size) : IAsyncDisposable
{
    private const int Remembered = 8192, MostTries = 6;
    private readonly Gate _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Wish?[] _recent = new Wish?[Remembered];
    private Task[] _people = [];
    private long _number;

    /// <summary>What went wrong in the crowd itself; null when nothing did.</summary>
    public Exception? Failure => Array.Find(_people, p => p.IsFaulted)?.Exception;

    public void Start() => _people = [.. Enumerable.Range(0, size).Select(n => Task.Run(() => LiveAsync(new Random(seed + n))))];

    /// <summary>Waits until every request has its answer, and holds the next ones back.</summary>
    public Task PauseAsync() => _gate.ShutAsync();

    public void GoOn() => _gate.Open();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_people);
        _stop.Dispose();
    }

    /// <summary>A wish that was acknowledged not long ago.</summary>
    public Wish? Recent(Random dice) => Volatile.Read(ref _recent[dice.Next(Remembered)]);

    /// <summary>An order of a customer's for a service, which nobody has sent yet.</summary>
    /// <param name="probe">Whether it must go the plain way: not too small, and delivered whole.</param>
    public Wish NewWish(Customer customer, TorturedService service, Random dice, bool reference = true, bool probe = false)
    {
        var number = Interlocked.Increment(ref _number);
        var ending = probe || service.Provider is null ? "" : dice.Next(100) switch { < 10 => "#partial=30", < 15 => "#cancel", _ => "" };
        var wish = new Wish(
            customer.Id, service.Id, string.Create(CultureInfo.InvariantCulture, $"https://example.com/{seed}/{number}{ending}"), !probe && dice.Next(33) == 0 ? 5 : 50 + (dice.Next(46) * 10),
            reference ? string.Create(CultureInfo.InvariantCulture, $"r-{number}") : null);
        journal.Add(wish);
        return wish;
    }

    private async Task LiveAsync(Random dice)
    {
        try
        {
            while (true)
            {
                await _gate.EnterAsync(_stop.Token);
                try
                {
                    await ActAsync(dice);
                }
                finally
                {
                    _gate.Leave();
                }

                await Task.Delay(dice.Next(20, 120), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private Task ActAsync(Random dice) => dice.Next(100) switch
    {
        < 10 when journal.TakeAside() is { } open => InsistAsync(open, dice),
        < 70 => OrderAsync(dice),
        < 80 => StatusAsync(dice),
        < 86 => StatusesAsync(dice),
        < 90 => BalanceAsync(dice),
        < 94 => CancelAsync(dice),
        < 96 => RefillAsync(dice),
        < 99 => ReplayAsync(dice),
        _ => ConflictAsync(dice),
    };

    private async Task OrderAsync(Random dice)
    {
        var customer = panel.All[dice.Next(panel.All.Count)];
        var service = panel.Services[dice.Next(20) switch { < 3 => 0, < 12 => 1, _ => 2 }];
        var wish = NewWish(customer, service, dice, reference: dice.Next(7) > 0);
        switch (dice.Next(100))
        {
            case < 4:
                await caller.DropAsync(Web(dice), customer.Key, wish, whole: false, TimeSpan.FromMilliseconds(dice.Next(10)));
                return;
            case < 8:
                await caller.DropAsync(Web(dice), customer.Key, wish, whole: true, TimeSpan.FromMilliseconds(dice.Next(30)));
                break;
            case < 14 when wish.Reference is not null:
                await Task.WhenAll(caller.AddAsync(Web(dice), customer.Key, wish), caller.AddAsync(Web(dice), customer.Key, wish));
                break;
            default:
                await caller.AddAsync(Web(dice), customer.Key, wish);
                break;
        }

        await InsistAsync(wish, dice);
    }

    /// <summary>Sends an order again for as long as nobody knows what became of it.</summary>
    private async Task InsistAsync(Wish wish, Random dice)
    {
        for (var tries = 0; wish.IsOpen && tries < MostTries && !_gate.IsShut; tries++)
        {
            await Task.Delay(dice.Next(50, 400));
            counters.Retry();
            await caller.AddAsync(Web(dice), CustomerOf(wish).Key, wish);

            // A definite refusal ends it for the customer, though an earlier attempt may still be under way.
            if (wish.Attempts[^1].Kind == AnswerKind.Refused)
            {
                return;
            }
        }

        if (wish.IsOpen)
        {
            journal.PutAside(wish);
        }
        else if (wish.Acknowledged is { } order)
        {
            Volatile.Write(ref _recent[order % Remembered], wish);
        }
    }

    /// <summary>Sends an order again that was acknowledged.</summary>
    private async Task ReplayAsync(Random dice)
    {
        if (Recent(dice) is { Reference: not null } wish)
        {
            await caller.AddAsync(Web(dice), CustomerOf(wish).Key, wish);
        }
    }

    /// <summary>Sends another order under a reference that is in use: it must be told so, and by which order.</summary>
    private async Task ConflictAsync(Random dice)
    {
        if (Recent(dice) is not { Reference: not null } wish)
        {
            return;
        }

        var other = new Wish(wish.Account, wish.Service, wish.Link, wish.Quantity + 10, wish.Reference);
        var attempt = await caller.AddAsync(Web(dice), CustomerOf(wish).Key, other);
        if (attempt.Kind == AnswerKind.Accepted || attempt is { Kind: AnswerKind.Refused, Code: "reference_conflict" })
        {
            // To accept it is as wrong as to name another order: the check sees either.
            wish.Add(attempt);
        }

        if (attempt.Kind == AnswerKind.Accepted)
        {
            journal.Add(new WrongAnswer($"{wish.Link}: its reference was accepted with another quantity, as order {attempt.Order}"));
        }
    }

    private async Task StatusAsync(Random dice)
    {
        if (Recent(dice) is { Acknowledged: { } order } wish)
        {
            counters.Status();
            var node = Web(dice);
            See(await caller.CallAsync(node, CustomerOf(wish).Key.Key, "status", ("order", Text(order))), order, node);
        }
    }

    private async Task StatusesAsync(Random dice)
    {
        if (Recent(dice) is not { } first)
        {
            return;
        }

        counters.Status();
        var orders = Enumerable.Range(0, 400).Select(_ => Recent(dice)).Where(w => w is { Acknowledged: not null } && w.Account == first.Account).Select(w => w!.Acknowledged!.Value).Distinct().Take(100).ToList();
        var node = Web(dice);
        var answer = await caller.CallAsync(node, CustomerOf(first).Key.Key, "status", ("orders", string.Join(',', orders)));
        if (answer is not { ValueKind: JsonValueKind.Object } json || json.TryGetProperty("code", out _))
        {
            return;
        }

        foreach (var order in orders)
        {
            See(json.TryGetProperty(Text(order), out var item) ? item : null, order, node, mayBeSilent: false);
        }
    }

    /// <summary>An order that was acknowledged is seen through every node from that moment on.</summary>
    private void See(JsonElement? item, long order, Node node, bool mayBeSilent = true)
    {
        var found = item is { ValueKind: JsonValueKind.Object } json && (json.TryGetProperty("status", out _) || (json.TryGetProperty("code", out var code) && code.GetString() != "incorrect_order"));
        if (!found && !(item is null && mayBeSilent))
        {
            journal.Add(new WrongAnswer($"status of order {order}, which was acknowledged, at {node.Name}: {item?.ToString() ?? "not in the answer"}"));
        }
    }

    private async Task BalanceAsync(Random dice)
    {
        var (customer, node) = (panel.All[dice.Next(panel.All.Count)], Web(dice));
        if (await caller.CallAsync(node, customer.Key.Key, "balance") is { } json && json.TryGetProperty("balance", out var text)
            && !(decimal.TryParse(text.GetString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var balance) && balance >= 0))
        {
            journal.Add(new WrongAnswer($"balance of account {customer.Id} at {node.Name}: {json}"));
        }
    }

    private async Task CancelAsync(Random dice)
    {
        if (Recent(dice) is { Acknowledged: { } order } wish
            && await caller.CallAsync(Web(dice), CustomerOf(wish).Key.Key, "cancel", ("orders", Text(order))) is { ValueKind: JsonValueKind.Array } answer
            && answer[0].TryGetProperty("cancel", out var cancel) && cancel.ValueKind == JsonValueKind.Number)
        {
            counters.Cancel();
            journal.Add(new AcceptedRequest(order, null));
        }
    }

    private async Task RefillAsync(Random dice)
    {
        if (Recent(dice) is { Acknowledged: { } order } wish
            && await caller.CallAsync(Web(dice), CustomerOf(wish).Key.Key, "refill", ("order", Text(order))) is { ValueKind: JsonValueKind.Object } answer
            && answer.TryGetProperty("refill", out var refill))
        {
            counters.Refill();
            journal.Add(new AcceptedRequest(order, long.Parse(refill.GetString()!, CultureInfo.InvariantCulture)));
        }
    }

    private Customer CustomerOf(Wish wish) => panel.CustomerOf(wish.Account);

    private Node Web(Random dice) => panel.Webs[dice.Next(panel.Webs.Count)];

    private static string Text(long order) => order.ToString(CultureInfo.InvariantCulture);
}
