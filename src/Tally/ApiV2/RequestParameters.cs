namespace Tally.ApiV2;

/// <summary>
/// The known parameters of one request, whatever form they came in. A parameter that was sent twice with different values, or whose value cannot be
/// read, is remembered as a fault rather than refused at once: who is calling is judged first (api-v2.md section 7, order of checks).
/// </summary>
internal sealed class RequestParameters
{
    /// <summary>Parameters read at most, unknown ones and those of the query string included.</summary>
    public const int MaxCount = 1_000;

    private readonly string?[] _values = new string?[ParameterNames.Count];
    private int _count;

    public static Refusal TooMany { get; } = Refusal.IncorrectRequest("At most 1000 parameters are read.");

    /// <summary>What is wrong with the key; then nobody can say who is calling.</summary>
    public Refusal? KeyFault { get; private set; }

    /// <summary>The first thing that is wrong with any other known parameter.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>The value as sent; null when it was not sent or is empty, which many clients send for what they do not use.</summary>
    public string? this[Parameter parameter] => _values[(int)parameter] is { Length: > 0 } value ? value : null;

    /// <summary>One of a service type's own parameters by its wire name; null when it was not sent.</summary>
    /// <exception cref="ArgumentException">No parameter has that name: the type table and the face disagree.</exception>
    public string? Own(string name) =>
        ParameterNames.TryFind(name, out var parameter) ? this[parameter] : throw new ArgumentException($"API v2 reads no parameter '{name}'.", nameof(name));

    /// <summary>Counts a parameter that stands in the request; false beyond <see cref="MaxCount"/>.</summary>
    public bool TryCount() => ++_count <= MaxCount;

    /// <summary>Whether another value of this parameter can still change the answer. After a fault it cannot, and need not be decoded.</summary>
    public bool Wants(Parameter parameter) => (parameter == Parameter.Key ? KeyFault : Fault) is null;

    /// <summary>Takes a value. The same value again changes nothing; another one is a fault, since money must not depend on which of them counts.</summary>
    public void Set(Parameter parameter, string value)
    {
        ref var slot = ref _values[(int)parameter];
        if (slot is null)
        {
            slot = value;
        }
        else if (!string.Equals(slot, value, StringComparison.Ordinal))
        {
            Refuse(parameter, "sent twice with different values");
        }
    }

    /// <summary>Takes a value, or what keeps it from being read.</summary>
    public void Set(Parameter parameter, TextFlaw flaw, string value)
    {
        if (flaw == TextFlaw.None)
        {
            Set(parameter, value);
        }
        else
        {
            Refuse(parameter, flaw.Words());
        }
    }

    /// <summary>Remembers the first fault.</summary>
    public void Refuse(Parameter parameter, string problem)
    {
        var refusal = Refusal.IncorrectRequest($"{parameter.Name()}: {problem}");
        if (parameter == Parameter.Key)
        {
            KeyFault ??= refusal;
        }
        else
        {
            Fault ??= refusal;
        }
    }
}
