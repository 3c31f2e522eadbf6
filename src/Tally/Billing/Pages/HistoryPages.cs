using System.Globalization;
using Tally.Ledger;
using Tally.Ui;

namespace Tally.Billing.Pages;

/// <summary>Every movement of the wallet, and every payment.</summary>
internal static class HistoryPages
{
    private const int PerPage = 50;

    /// <summary>The kinds that one can ask for, by the word in the address.</summary>
    public static IReadOnlyList<(string Word, Reason? Reason)> Kinds { get; } =
        [("all", null), ("charges", Reason.Charge), ("refunds", Reason.Refund), ("topups", Reason.TopUp), ("adjustments", Reason.Adjustment)];

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/funds/history", MovementsAsync);
        pages.MapGet("/funds/history/payments", PaymentsAsync);
    }

    private static async Task<IResult> MovementsAsync(Visitor visitor, ReadStatement statement, string? kind, string? before, CancellationToken ct)
    {
        var chosen = Kinds.FirstOrDefault(k => k.Word == kind, Kinds[0]);
        var place = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : (long?)null;
        var page = await statement.RunAsync(visitor.Account, chosen.Reason, place, PerPage, ct);
        return Page.Of<HistoryPage>(new { Movements = page, Kind = chosen.Word, IsFirst = place is null });
    }

    private static async Task<IResult> PaymentsAsync(Visitor visitor, ReadPayments payments, string? before, CancellationToken ct)
    {
        var place = Place(before);
        var found = await payments.ListAsync(visitor.Account, place, PerPage + 1, ct);
        var shown = found.Take(PerPage).ToList();
        var next = found.Count > PerPage ? string.Create(CultureInfo.InvariantCulture, $"{shown[^1].CreatedAt}-{shown[^1].Id}") : null;
        return Page.Of<PaymentsPage>(new { Payments = (IReadOnlyList<Payment>)shown, Next = next, IsFirst = place is null });
    }

    private static ReadPayments.Place? Place(string? text) => text?.Split('-') is [var at, var id]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ReadPayments.Place(time, number) : null;
}
