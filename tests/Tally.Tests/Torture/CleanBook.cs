using Tally.Demo;
using Tally.Orders;
using Tally.Torture;

namespace Tally.Tests.Torture;

/// <summary>What customers, a store and a provider say after a run in which everything was right: three orders that stand and one that was refused. Each test plants one thing that is wrong.</summary>
internal sealed class CleanBook
{
    public const long Account = 1, Service = 7, Rate = 250_000, Provider = 5, Began = 1_000_000, Key = 3;

    public CleanBook()
    {
        Wishes =
        [
            Wish(1, 100, "r-1", new Attempt(AnswerKind.Unknown, 0, null, Key, 10), new Attempt(AnswerKind.Accepted, 11, null, Key, 20)),
            Wish(2, 130, null, new Attempt(AnswerKind.Accepted, 12, null, Key, 30)),
            Wish(3, 50, "r-3", new Attempt(AnswerKind.Unknown, 0, "unavailable", Key, 40)),
            Wish(4, 5, "r-4", new Attempt(AnswerKind.Refused, 0, "min_quantity", Key, 50)),
        ];
        Orders = [Order(1, 11, 100), Order(2, 12, 130), Order(3, 13, 50)];
        References = new() { [(Account, "r-1")] = 11, [(Account, "r-3")] = 13 };
        Taken = [Sent(1, 901, 100), Sent(2, 902, 130), Sent(3, 903, 50)];
    }

    public List<Wish> Wishes { get; }

    public List<StoredOrder> Orders { get; }

    public Dictionary<(long Account, string Reference), long> References { get; }

    public List<TakenOrder> Taken { get; }

    public HashSet<long> Cancelling { get; } = [];

    public Dictionary<long, long> Refills { get; } = [];

    public long CreditLimit { get; set; }

    public long? Balance { get; set; }

    public string? LedgerFault { get; set; }

    public StoreContents Store => new(
        Orders, References, [new StoredWallet(Account, Balance ?? Began - Orders.Sum(o => o.Charge - o.Refunded), CreditLimit)], Cancelling, Refills, LedgerFault);

    public static string Link(int n) => $"https://example.com/{n}";

    public static Wish Wish(int n, long quantity, string? reference, params Attempt[] attempts)
    {
        var wish = new Wish(Account, Service, Link(n), quantity, reference);
        foreach (var attempt in attempts)
        {
            wish.Add(attempt);
        }

        return wish;
    }

    /// <summary>An order that the provider has as 890 plus its own id.</summary>
    public static StoredOrder Order(int n, long id, long quantity) => new()
    {
        Id = id,
        Account = Account,
        Service = Service,
        Link = Link(n),
        Quantity = quantity,
        Charge = quantity * 250,
        Status = OrderStatus.Processing,
        SendState = SendState.Sent,
        Provider = Provider,
        ProviderOrder = (id + 890).ToString(),
    };

    public static TakenOrder Sent(int n, int id, long quantity) => new(id, 503, Link(n), quantity, 1m, null, DateTimeOffset.UnixEpoch);

    public void Replace(int at, Func<StoredOrder, StoredOrder> change) => Orders[at] = change(Orders[at]);

    public IReadOnlyList<Violation> CheckOrders() => [.. OrdersCheck.Of(Wishes, Store, new Dictionary<long, long> { [Service] = Rate })];

    public IReadOnlyList<Violation> CheckMoney() => [.. MoneyCheck.Of(Store, new Dictionary<long, long> { [Account] = Began })];

    public IReadOnlyList<Violation> CheckProvider(bool references = true, bool settled = true, params string[] lied) =>
        [.. ProviderCheck.Of(Store, Provider, references, Taken, lied.ToHashSet(), settled)];
}
