using System.Globalization;

namespace Tally.Demo;

/// <summary>How an order ends when nobody interferes.</summary>
public abstract record OrderEnding
{
    private OrderEnding() { }

    public sealed record Completed : OrderEnding;

    /// <summary>Ends Partial with this percentage of the quantity undelivered (1–99), at least one unit.</summary>
    public sealed record Partial(int PercentRemaining) : OrderEnding;

    /// <summary>Ends Canceled without having begun.</summary>
    public sealed record Canceled : OrderEnding;
}

/// <summary>
/// What shall happen to an order, for a whole service (<see cref="SimulatedProvider.ScriptService"/>) or for one order by
/// words in its link's fragment. A field left null leaves the matter to the service's script, then to the default.
/// </summary>
public sealed record OrderScript
{
    private static readonly OrderScript Silent = new();

    public OrderEnding? Ending { get; init; }

    /// <summary>The error text with which <c>add</c> refuses the order.</summary>
    public string? Refusal { get; init; }

    /// <summary>How long the answer to <c>add</c> is held back (real time); the order is taken after the wait.</summary>
    public TimeSpan? AnswerDelay { get; init; }

    /// <summary>How long the order stays In progress (simulated time).</summary>
    public TimeSpan? DeliveryTime { get; init; }

    /// <summary>
    /// Reads the words of a link: <c>#partial=30</c>, <c>#cancel</c>, <c>#complete</c>, <c>#refuse=text</c>, <c>#slow=ms</c>,
    /// <c>#deliver=ms</c>, several one after the other. Anything else, also a word with an impossible number, is an
    /// ordinary fragment and means nothing.
    /// </summary>
    public static OrderScript Parse(string link)
    {
        if (!link.Contains('#', StringComparison.Ordinal))
            return Silent;
        var script = Silent;
        foreach (var word in link.Split('#').Skip(1))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            var value = equals < 0 ? "" : word[(equals + 1)..];
            script = script.With(name, value);
        }

        return script;
    }

    /// <summary>This script, and where it says nothing the other.</summary>
    internal OrderScript Over(OrderScript? other) => other is null ? this : new OrderScript
    {
        Ending = Ending ?? other.Ending,
        Refusal = Refusal ?? other.Refusal,
        AnswerDelay = AnswerDelay ?? other.AnswerDelay,
        DeliveryTime = DeliveryTime ?? other.DeliveryTime,
    };

    private OrderScript With(string name, string value) => name switch
    {
        "cancel" => this with { Ending = new OrderEnding.Canceled() },
        "complete" => this with { Ending = new OrderEnding.Completed() },
        "partial" when Number(value) is > 0 and < 100 and var percent => this with { Ending = new OrderEnding.Partial(percent) },
        "refuse" when value.Length > 0 => this with { Refusal = Uri.UnescapeDataString(value) },
        "slow" when Number(value) is { } ms => this with { AnswerDelay = TimeSpan.FromMilliseconds(ms) },
        "deliver" when Number(value) is { } ms => this with { DeliveryTime = TimeSpan.FromMilliseconds(ms) },
        _ => this,
    };

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
