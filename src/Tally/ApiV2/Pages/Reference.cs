using Tally.Catalog;
using Tally.Ui;

namespace Tally.ApiV2.Pages;

/// <summary>A parameter as the documentation shows it.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Fixed">The one value that it has; null when the client chooses.</param>
/// <param name="IsList">One item a line.</param>
/// <param name="Type">The service type whose own it is, where its meaning depends on that.</param>
public sealed record ParameterDoc(string Name, bool Required = true, string? Fixed = null, bool IsList = false, ServiceType? Type = null)
{
    /// <summary>What it means: the type's own word for it, if there is one.</summary>
    public string Meaning(Words words) => (Type is { } type ? words.Find($"apiv2.parameter.{type}.{Name}") : null) ?? words["apiv2.parameter." + Name];
}

/// <summary>One way of asking, as the documentation shows it: an action, and for those that come in two forms, which of them.</summary>
/// <param name="Id">The section's anchor.</param>
/// <param name="Action">The value of <c>action</c>.</param>
/// <param name="Parameters">Besides <c>key</c> and <c>action</c>; none here for <c>add</c>, where they depend on the service type.</param>
/// <param name="Examples">Which of the executed examples show it: section and index.</param>
public sealed record ActionDoc(string Id, string Action, ParameterDoc[] Parameters, params (string Section, int Index)[] Examples)
{
    /// <summary>Whether it takes money or changes an order.</summary>
    public bool Changes => Action is "add" or "cancel" or "refill";
}

/// <summary>What API v2 can be asked, in the order of the documentation. A test holds it against the parameters that the code reads.</summary>
public static class Reference
{
    private static readonly ParameterDoc Order = new("order"), Orders = new("orders"), Refill = new("refill"), Refills = new("refills");

    public static IReadOnlyList<ActionDoc> Actions { get; } =
    [
        new("services", "services", [], ("services", 0)),
        new("add", "add", []),
        new("status", "status", [Order], ("status", 0), ("status", 2), ("status", 3)),
        new("status-many", "status", [Orders], ("status", 1)),
        new("cancel", "cancel", [Orders], ("cancel", 0)),
        new("balance", "balance", [], ("balance", 0)),
        new("refill", "refill", [Order], ("refill", 0)),
        new("refill-many", "refill", [Orders], ("refill", 1)),
        new("refill_status", "refill_status", [Refill], ("refill_status", 0)),
        new("refill_status-many", "refill_status", [Refills], ("refill_status", 1)),
    ];

    /// <summary>What <c>add</c> takes for a service of a type.</summary>
    public static IReadOnlyList<ParameterDoc> Add(TypeRules type)
    {
        var parameters = new List<ParameterDoc> { new("service") };
        if (type.NeedsLink)
        {
            parameters.Add(new("link"));
        }

        if (type.Quantity == QuantitySource.Parameter)
        {
            parameters.Add(new("quantity"));
        }

        parameters.AddRange(type.Own.Select(p => new ParameterDoc(p.Name, p.Required, IsList: p.Kind is ParameterKind.Lines or ParameterKind.LinesOrCommas, Type: type.Type)));
        if (type.Per == 1000)
        {
            parameters.AddRange([new("runs", Required: false), new("interval", Required: false)]);
        }

        return [.. parameters, new("order_reference", Required: false)];
    }

    /// <summary>What every request has, before its own.</summary>
    public static IReadOnlyList<ParameterDoc> Always(string action) => [new("key"), new("action", Fixed: action)];

    /// <summary>A type's name in addresses: <c>custom-comments</c>.</summary>
#pragma warning disable CA1308 // Addresses are lower case.
    public static string Slug(TypeRules type) => type.WireName.Replace(' ', '-').ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>The type of that name; Default when there is none.</summary>
    public static TypeRules TypeOf(string? slug) => TypeRules.Table.FirstOrDefault(t => Slug(t) == slug) ?? TypeRules.Table[0];

    /// <summary>How the price of an order of a type comes about.</summary>
    public static string ChargeKey(TypeRules type) => type.Quantity switch
    {
        QuantitySource.Parameter => "apiv2.charge.quantity",
        QuantitySource.Comments => "apiv2.charge.comments",
        QuantitySource.Usernames => "apiv2.charge.usernames",
        QuantitySource.One => "apiv2.charge.one",
        _ => "apiv2.charge.children",
    };
}
