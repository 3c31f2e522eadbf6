using System.Text.Json.Nodes;

namespace Tally.Demo;

/// <summary>The provider's side of API v2: every action, its single and its list form.</summary>
internal sealed class SimulatedPanel(SimulatedProviderOptions options, SimulatedClock clock, SimulatedCatalogue catalogue, OrderBook book, RefillBook refills)
{
    private const int MaxReferenceLength = 100;

    private volatile CancelOutcome _cancelOutcome = CancelOutcome.ByProgress;
    private volatile RefillOutcome _refillOutcome = RefillOutcome.Completed;

    public CancelOutcome CancelOutcome
    {
        get => _cancelOutcome;
        set => _cancelOutcome = value;
    }

    public RefillOutcome RefillOutcome
    {
        get => _refillOutcome;
        set => _refillOutcome = value;
    }

    public JsonNode Answer(SimulatedRequest request) => request.Action switch
    {
        SimulatedAction.Services => SimulatedAnswers.Services(catalogue.Services),
        SimulatedAction.Add => Add(request),
        SimulatedAction.Status => Status(request),
        SimulatedAction.Cancel => Cancel(request),
        SimulatedAction.Refill => Refill(request),
        SimulatedAction.RefillStatus => RefillStatus(request),
        SimulatedAction.Balance => SimulatedAnswers.Balance(book.Balance, options.Currency),
        _ => SimulatedAnswers.Error(Refusal.Incorrect("action")),
    };

    /// <summary>How long the answer to this <c>add</c> shall be held back, by its link or its service.</summary>
    public TimeSpan AnswerDelay(SimulatedRequest request) => request.Action == SimulatedAction.Add && WireValues.Id(request["service"]) is { } service
        ? catalogue.ScriptFor(service, request["link"] ?? "").AnswerDelay ?? TimeSpan.Zero
        : TimeSpan.Zero;

    private JsonObject Add(SimulatedRequest request) => Take(request) switch
    {
        OrderTaking.Taken taken => SimulatedAnswers.Order(taken.Id),
        OrderTaking.Replayed replayed => SimulatedAnswers.Order(replayed.Id),
        OrderTaking.Refused refused => SimulatedAnswers.Error(refused.Refusal),
        var other => throw new InvalidOperationException($"Unknown outcome {other}."),
    };

    private OrderTaking Take(SimulatedRequest request)
    {
        var reference = options.SupportsReference ? request.Reference : null;
        if (reference?.EnumerateRunes().Count() > MaxReferenceLength)
            return new OrderTaking.Refused(Refusal.Incorrect("order_reference"));

        // A replay answers before service, link, quantity and funds are judged again, also when the service is gone.
        if (reference is not null && book.FindReference(reference) is { } first)
            return OrderBook.Again(first, DraftReader.Fingerprint(request, first.Draft.Service.Type));
        if (request["service"] is null)
            return new OrderTaking.Refused(Refusal.Incorrect("service"));
        if (WireValues.Id(request["service"]) is not { } id || catalogue.Find(id) is not { } service)
            return new OrderTaking.Refused(Refusal.UnknownService);

        return DraftReader.Read(request, service, catalogue, clock) switch
        {
            DraftReading.Refused refused => new OrderTaking.Refused(refused.Refusal),
            DraftReading.Ready ready => book.Take(ready.Draft with
            {
                Reference = reference,
                SentReference = request.Reference,
                Fingerprint = reference is null ? "" : DraftReader.Fingerprint(request, service.Type),
            }),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private JsonNode Status(SimulatedRequest request)
    {
        if (request["orders"] is { } list)
            return ForEach(list, ids => new JsonObject(ids.Select(id => KeyValuePair.Create(id, (JsonNode?)StatusOf(id)))));
        return request["order"] is { } order ? StatusOf(order) : SimulatedAnswers.Error(Refusal.Incorrect("order"));
    }

    private JsonObject StatusOf(string id) => book.Find(WireValues.Id(id)) is { } order
        ? SimulatedAnswers.Status(order, clock.Now, options.Currency)
        : SimulatedAnswers.Error(Refusal.UnknownOrder);

    private JsonNode Cancel(SimulatedRequest request) => (request["orders"] ?? request["order"]) is { } list
        ? ForEach(list, ids => Items(ids, id => SimulatedAnswers.Item("order", id, "cancel", CancelOne(id))))
        : SimulatedAnswers.Error(Refusal.Incorrect("orders"));

    private JsonNode CancelOne(string id)
    {
        if (book.Find(WireValues.Id(id)) is not { } order)
            return SimulatedAnswers.Error(Refusal.UnknownOrder);
        Refusal? objection = null;
        book.Change(order, it =>
        {
            objection = CancelObjection(it);
            if (objection is null)
                it.RequestCancel(new CancelRequest(CancelOutcome, clock.Now + (long)options.CancelTime.TotalMilliseconds));
        });
        return objection is null ? 1 : SimulatedAnswers.Error(objection);
    }

    // Owner, offered, final, one open: the order of checks of api-v2.md section 7.
    private Refusal? CancelObjection(SimulatedOrder order)
    {
        if (!order.Draft.Service.Cancel)
            return Refusal.CancelDisabled;
        if (CancelOutcome == CancelOutcome.Refused || order.At(clock.Now).IsFinal)
            return Refusal.CancelFinal;
        return order.CancelRequested ? Refusal.CancelOpen : null;
    }

    private JsonNode Refill(SimulatedRequest request)
    {
        if (request["orders"] is { } list)
        {
            return ForEach(list, ids => Items(ids, id => SimulatedAnswers.Item("order", id, "refill", RefillOne(id) switch
            {
                RefillTaking.Taken taken => taken.Id,
                RefillTaking.Refused refused => SimulatedAnswers.Error(refused.Refusal),
                var other => throw new InvalidOperationException($"Unknown outcome {other}."),
            })));
        }

        if (request["order"] is not { } order)
            return SimulatedAnswers.Error(Refusal.Incorrect("order"));
        return RefillOne(order) switch
        {
            RefillTaking.Taken taken => SimulatedAnswers.Refill(taken.Id),
            RefillTaking.Refused refused => SimulatedAnswers.Error(refused.Refusal),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private RefillTaking RefillOne(string id) => book.Find(WireValues.Id(id)) is { } order
        ? refills.Ask(order, RefillOutcome)
        : new RefillTaking.Refused(Refusal.UnknownOrder);

    private JsonNode RefillStatus(SimulatedRequest request)
    {
        if (request["refills"] is { } list)
        {
            return ForEach(list, ids => Items(ids, id => SimulatedAnswers.Item(
                "refill", id, "status", refills.StatusOf(WireValues.Id(id)) is { } status ? status : SimulatedAnswers.Error(Refusal.UnknownRefill))));
        }

        if (request["refill"] is not { } refill)
            return SimulatedAnswers.Error(Refusal.Incorrect("refill"));
        return refills.StatusOf(WireValues.Id(refill)) is { } found ? SimulatedAnswers.RefillStatus(found) : SimulatedAnswers.Error(Refusal.UnknownRefill);
    }

    private static JsonNode ForEach(string list, Func<IReadOnlyList<string>, JsonNode> answer)
    {
        var ids = WireValues.Ids(list);
        return ids.Count > WireValues.MaxIds
            ? SimulatedAnswers.Error(Refusal.Incorrect($"at most {WireValues.MaxIds} ids"))
            : answer(ids);
    }

    private static JsonArray Items(IEnumerable<string> ids, Func<string, JsonNode> item) => new([.. ids.Select(item)]);
}
