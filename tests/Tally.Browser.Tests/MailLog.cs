using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tally.Mail;

namespace Tally.Browser.Tests;

/// <summary>The mails of a panel without a mail server: it writes them to its log, and that is where an operator finds them.</summary>
public sealed partial class MailLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Keeps what a panel that is being built writes of mails.</summary>
    public static void Keep(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MailLog>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<MailLog>());
        builder.Logging.AddFilter<MailLog>(typeof(SendMails).FullName, LogLevel.Information);
    }

    /// <summary>The link in the newest mail to an address; null when there is none yet.</summary>
    public Uri? LinkTo(string email) => _texts.TryGetValue(email, out var text) && Link().Match(text) is { Success: true } link ? new Uri(link.Value) : null;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values && values.FirstOrDefault(v => v.Key == "Recipient").Value is string recipient)
        {
            _texts[recipient] = formatter(state, exception);
        }
    }

    public void Dispose()
    {
    }

    [GeneratedRegex(@"https?://\S+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
