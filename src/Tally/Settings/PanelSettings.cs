using System.Globalization;

namespace Tally.Settings;

/// <summary>What the operator has set; read through <see cref="SettingsSnapshot"/>. A setting is a property here and a line in <see cref="With"/>.</summary>
public sealed partial record PanelSettings
{
    /// <summary>The panel's one currency, ISO 4217.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>While true, API v2 answers <c>Service temporarily unavailable</c>.</summary>
    public bool Maintenance { get; init; }

    /// <summary>Requests a second for each key, 1 … 1,000,000.</summary>
    public int RequestsPerSecond { get; init; } = 100;

    /// <summary>How many requests a key may make at once after a rest, 1 … 1,000,000.</summary>
    public int RequestBurst { get; init; } = 200;

    /// <summary>Wrong keys within 15 minutes after which an address is blocked for 15 minutes, 1 … 1,000,000.</summary>
    public int WrongKeysPerAddress { get; init; } = 10;

    /// <summary>The shortest time between two questions for the status of a fresh order, in milliseconds, 100 … 3,600,000.</summary>
    public int SyncIntervalMs { get; init; } = 5_000;

    /// <summary>For how many days after its end an order is still asked for, so that a provider's corrections arrive; 0 … 30, 0 = not at all.</summary>
    public int CorrectionDays { get; init; } = 3;

    /// <summary>How long an order waits before it is sent, so that its customer can still cancel it, in milliseconds, 0 … 3,600,000.</summary>
    public int SendDelayMs { get; init; }

    /// <summary>How often providers are asked for our balance there, in seconds, 10 … 86,400.</summary>
    public int BalanceIntervalS { get; init; } = 300;

    /// <summary>This panel's own name in the references it gives to providers, so that two panels with one account at a provider never meet.</summary>
    public string PanelId { get; init; } = "";

    /// <summary>How often each provider's catalogue is asked for, in minutes, 5 … 10,080; 0 = never by itself.</summary>
    public int CatalogueIntervalMin { get; init; } = 60;

    /// <summary>By how much a price may move at a sync without the operator's yes, in percent of what it was, 0 … 1,000.</summary>
    public int PriceJumpPercent { get; init; } = 20;

    /// <summary>Whether services that are new upstream are sold at once.</summary>
    public bool NewServices { get; init; }

    /// <summary>The panel's name, on every page and in every mail; 1 to 40 characters.</summary>
    public string Name { get; init; } = "Tally";

    /// <summary>The colour of buttons, links and the logo, <c>#rrggbb</c>.</summary>
    public string BrandColor { get; init; } = "#066fd1";

    /// <summary>The pages' language for visitors who have not chosen one: <c>en</c>, <c>vi</c>, or <c>auto</c> = as their browser asks.</summary>
    public string Language { get; init; } = "auto";

    /// <summary>The time zone of dates on pages, for those who have not chosen one; an IANA name such as <c>Asia/Ho_Chi_Minh</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Where customers reach the panel, such as <c>https://panel.example</c>: what links in mails begin with. Empty = as the request has it, which only a mail that goes to the log may do.</summary>
    public string Address { get; init; } = "";

    /// <summary>Whether somebody who signed up must follow the link in the mail before signing in.</summary>
    public bool ConfirmEmail { get; init; } = true;

    /// <summary>The names that <see cref="With"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [
            "currency", "maintenance", "requests_per_second", "request_burst", "wrong_keys_per_address", "sync_interval_ms", "correction_days", "send_delay_ms", "balance_interval_s",
            "catalogue_interval_min", "price_jump_percent", "new_services", "panel_id", "name", "brand_color", "language", "time_zone",
            "address", "confirm_email",
            "telegram", "zalo", "facebook", "email", "phone", "headline_en", "headline_vi", "lead_en", "lead_vi",
        ];

    /// <summary>These settings with one of them changed.</summary>
    /// <exception cref="InvalidInputException">There is no such setting, or the value does not fit it.</exception>
    public PanelSettings With(string name, string value) => name switch
    {
        "telegram" or "zalo" or "facebook" or "email" or "phone" or "headline_en" or "headline_vi" or "lead_en" or "lead_vi" => WithFront(name, value),
        "currency" => value is { Length: 3 } && value.All(char.IsAsciiLetterUpper)
            ? this with { Currency = value } : throw new InvalidInputException("currency: three capital letters, such as VND"),
        "maintenance" => this with { Maintenance = bool.TryParse(value, out var on) ? on : throw new InvalidInputException("maintenance: true or false") },
        "requests_per_second" => this with { RequestsPerSecond = Number(name, value, 1, 1_000_000) },
        "request_burst" => this with { RequestBurst = Number(name, value, 1, 1_000_000) },
        "wrong_keys_per_address" => this with { WrongKeysPerAddress = Number(name, value, 1, 1_000_000) },
        "sync_interval_ms" => this with { SyncIntervalMs = Number(name, value, 100, 3_600_000) },
        "correction_days" => this with { CorrectionDays = Number(name, value, 0, 30) },
        "send_delay_ms" => this with { SendDelayMs = Number(name, value, 0, 3_600_000) },
        "balance_interval_s" => this with { BalanceIntervalS = Number(name, value, 10, 86_400) },
        "panel_id" => value is { Length: >= 1 and <= 40 } && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? this with { PanelId = value } : throw new InvalidInputException("panel_id: 1 to 40 letters, digits, - and _"),
        "catalogue_interval_min" => this with { CatalogueIntervalMin = value == "0" ? 0 : Number(name, value, 5, 10_080) },
        "price_jump_percent" => this with { PriceJumpPercent = Number(name, value, 0, 1_000) },
        "new_services" => this with { NewServices = value switch { "on" => true, "off" => false, _ => throw new InvalidInputException("new_services: on or off") } },
        "name" => value.Trim() is { Length: >= 1 and <= 40 } named && !named.Any(char.IsControl) ? this with { Name = named } : throw new InvalidInputException("name: 1 to 40 characters"),
        "brand_color" => value is ['#', ..] && value.Length == 7 && value.Skip(1).All(char.IsAsciiHexDigit)
            ? this with { BrandColor = value } : throw new InvalidInputException("brand_color: such as #066fd1"),
        "language" => value is "en" or "vi" or "auto" ? this with { Language = value } : throw new InvalidInputException("language: en, vi or auto"),
        "time_zone" => TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)
            ? this with { TimeZone = value } : throw new InvalidInputException("time_zone: an IANA name such as Asia/Ho_Chi_Minh"),
        "address" when value == Address => this, // empty as long as it was never set, and not again afterwards
        "address" => Uri.TryCreate(value, UriKind.Absolute, out var at) && at.Scheme is "http" or "https" && at is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? this with { Address = at.GetLeftPart(UriPartial.Authority) } : throw new InvalidInputException("address: such as https://panel.example, without a path"),
        "confirm_email" => this with { ConfirmEmail = value switch { "on" => true, "off" => false, _ => throw new InvalidInputException("confirm_email: on or off") } },
        _ => throw new InvalidInputException($"There is no setting '{name}'. There are: {string.Join(", ", Names)}."),
    };

    /// <summary>A setting as <see cref="With"/> would take it.</summary>
    /// <exception cref="InvalidInputException">There is no such setting.</exception>
    public string ValueOf(string name)
    {
        var property = Names.Contains(name) ? string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])) : throw new InvalidInputException($"There is no setting '{name}'.");
        return typeof(PanelSettings).GetProperty(property)!.GetValue(this) switch
        {
            bool on when name == "maintenance" => on ? "true" : "false",
            bool on => on ? "on" : "off",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw new InvalidInputException($"{name}: a whole number, {least} to {most}");
}
