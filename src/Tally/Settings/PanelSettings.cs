namespace Tally.Settings;

/// <summary>What the operator has set; read through <see cref="SettingsSnapshot"/>.</summary>
public sealed record PanelSettings
{
    /// <summary>The panel's one currency, ISO 4217.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>While true, API v2 answers <c>Service temporarily unavailable</c>.</summary>
    public bool Maintenance { get; init; }

    /// <summary>Requests a second for each key.</summary>
    public int RequestsPerSecond { get; init; } = 100;

    /// <summary>How many requests a key may make at once after a rest.</summary>
    public int RequestBurst { get; init; } = 200;

    /// <summary>Wrong keys within 15 minutes after which an address is blocked for 15 minutes.</summary>
    public int WrongKeysPerAddress { get; init; } = 10;
}

public sealed class SettingsSnapshot
{
    /// <summary>The newest settings this node has; at most a second old.</summary>
    public PanelSettings Current => throw new NotSupportedException();
}
