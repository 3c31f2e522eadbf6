using Dapper;
using Tally.Platform.Db;

namespace Tally.Accounts;

/// <summary>Sets how an account's pages and mails are: language, time zone, colours.</summary>
public sealed class ChangePreferences(Database database, Profiles profiles)
{
    private static readonly string[] Languages = ["en", "vi"], Themes = ["Auto", "Light", "Dark"];

    /// <summary>Changes what is given; null leaves a thing as it is.</summary>
    /// <param name="timeZone">An IANA name; empty = as the panel has it.</param>
    /// <exception cref="InvalidInputException">There is no such language, time zone or theme.</exception>
    public async Task RunAsync(long accountId, string? language, string? timeZone, string? theme, CancellationToken ct)
    {
        if ((language is not null && !Languages.Contains(language)) || (theme is not null && !Themes.Contains(theme)))
        {
            throw new InvalidInputException("There is no such language or theme.");
        }

        if (timeZone is { Length: > 0 } && !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _))
        {
            throw new InvalidInputException($"There is no time zone '{timeZone}'.");
        }

        await database.WriteAsync(
            async tx =>
            {
                var version = await Changes.BumpAsync(tx, ApiKeys.TopicName);
                await tx.Connection.ExecuteAsync(new CommandDefinition(
                    """
                    UPDATE accounts SET language = COALESCE(@language, language), time_zone = COALESCE(@timeZone, time_zone), theme = COALESCE(@theme, theme), version = @version
                    WHERE id = @accountId
                    """,
                    new { accountId, language, timeZone, theme, version }, tx.Transaction, cancellationToken: ct));
            },
            ct);
        await profiles.RefreshAsync(ct);
    }
}
