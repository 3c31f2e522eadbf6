namespace Tally.ApiV2;

/// <summary>What can be asked for (api-v2.md section 3).</summary>
internal enum ApiAction
{
    Services,
    Add,
    Status,
    MultiStatus,
    Cancel,
    Refill,
    RefillStatus,
    Balance,
}

/// <summary>The words of the parameter <c>action</c>.</summary>
internal static class ActionNames
{
    private static readonly (string Name, ApiAction Action)[] Table =
    [
        ("add", ApiAction.Add), ("status", ApiAction.Status), ("balance", ApiAction.Balance), ("services", ApiAction.Services),
        ("refill", ApiAction.Refill), ("refill_status", ApiAction.RefillStatus), ("cancel", ApiAction.Cancel),

        // What panels of other makes call it.
        ("orders", ApiAction.MultiStatus), ("multi_status", ApiAction.MultiStatus),
    ];

    /// <summary>Reads it without regard to case. None at all, with a refill's id beside it, asks how that refill stands: a form that several clients send.</summary>
    public static bool TryRead(RequestParameters parameters, out ApiAction action)
    {
        action = default;
        var name = parameters[Parameter.Action].AsSpan().Trim();
        if (name.IsEmpty)
        {
            action = ApiAction.RefillStatus;
            return parameters[Parameter.Refill] is not null || parameters[Parameter.Refills] is not null;
        }

        foreach (var (known, candidate) in Table)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                action = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it needs a key that may order.</summary>
    public static bool Changes(this ApiAction action) => action is ApiAction.Add or ApiAction.Cancel or ApiAction.Refill;
}
