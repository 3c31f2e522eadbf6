using Tally.Catalog;
using Tally.Ui;

namespace Tally.Orders.Pages.New;

/// <summary>Why an order was not placed, for the form.</summary>
/// <param name="Field">Beside which field it is shown; null = above the form.</param>
/// <param name="Text">In the visitor's language.</param>
/// <param name="Funds">Whether money is what is missing.</param>
/// <param name="Order">The order that this form has placed already, with other details.</param>
public sealed record OrderProblem(string? Field, string Text, bool Funds = false, long? Order = null)
{
    /// <summary>A refusal in the visitor's words, at the field that it is about.</summary>
    public static OrderProblem Of(Refusal refusal, Service? service, Visitor visitor)
    {
        var (words, formats) = (visitor.Words, visitor.Formats);
        return refusal.Code switch
        {
            "incorrect_request" when refusal.Detail is { } detail => OfDetail(detail, words),
            "bad_link" when service is { Handles: true } => new OrderProblem("link", words["neworders.error.linkOrHandle"]),
            "bad_link" or "active_link" => new OrderProblem("link", words["ui.error." + refusal.Code]),
            "min_quantity" => new OrderProblem(QuantityField(service, "min"), words["neworders.error.min", formats.Number(Math.Max(service?.Min ?? 1, 1))]),
            "max_quantity" => new OrderProblem(QuantityField(service, "max"), words["neworders.error.max", formats.Number(service?.Max ?? 0)]),
            "dripfeed_disabled" => new OrderProblem("runs", words["ui.error.dripfeed_disabled"]),
            "not_enough_funds" => new OrderProblem(null, words["ui.error.not_enough_funds"], Funds: true),
            "reference_conflict" => new OrderProblem(null, words["neworders.error.conflict", refusal.Order], Order: refusal.Order),
            _ => new OrderProblem(null, words.Find("ui.error." + refusal.Code) ?? words["ui.error.incorrect_request"]),
        };
    }

    // The field whose lines are counted, or the one of the two bounds that a subscription has.
    private static string QuantityField(Service? service, string bound) => service?.Rules.Quantity switch
    {
        QuantitySource.Comments => "comments",
        QuantitySource.Usernames => "usernames",
        QuantitySource.Children => bound,
        _ => "quantity",
    };

    // The contract's details begin with the parameter: "keywords: required", "runs: a whole number, at most 1000" (OrderTerms).
    private static OrderProblem OfDetail(string detail, Words words)
    {
        var (name, what) = detail.Split(": ", 2) is [var parameter, var rest] ? (parameter, rest) : ("", detail);
        return new OrderProblem(name, (name, what) switch
        {
            ("service", _) => words["neworders.error.service"],
            ("runs", _) => words["neworders.error.runs"],
            ("interval", _) => words["neworders.error.interval"],
            ("max", "at least min") => words["neworders.error.maxBelowMin"],
            ("expiry", "a day that has not passed") => words["neworders.error.expiryPast"],
            (_, "required" or "required for this type_of_traffic") => words["neworders.error.required"],
            (_, "expected a whole number") => words["neworders.error.number"],
            (_, "expected a date as day/month/year") => words["neworders.error.date"],
            ("delay", _) => words["neworders.error.choose"],
            _ when what.StartsWith("at most", StringComparison.Ordinal) => words["neworders.error.tooLong"],
            _ => words["ui.error.incorrect_request"],
        });
    }
}
