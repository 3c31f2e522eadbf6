using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Console;

namespace Tally.Operations;

/// <summary>How log lines look: the values of <c>--log-format</c>.</summary>
public enum LogFormat
{
    /// <summary>One JSON object a line, for machines.</summary>
    Json,

    /// <summary>One line of text, for people.</summary>
    Text,
}

/// <summary>Logs go to the console, one line an event, with UTC times, and without secrets whatever the format.</summary>
public static class JsonLogs
{
    /// <summary>
    /// Makes the console the only log. Requests are not logged one by one, since ASP.NET's own line carries the query string and so perhaps a key; should
    /// the configuration turn that line on all the same, its query string is redacted.
    /// </summary>
    public static ILoggingBuilder AddTallyLogs(this ILoggingBuilder logging, LogFormat format = LogFormat.Json)
    {
        logging.ClearProviders();
        if (format == LogFormat.Text) logging.AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "HH:mm:ss.fff'Z' ";
        });
        else logging.AddJsonConsole(static options =>
        {
            options.IncludeScopes = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            // Vietnamese stays readable; a log line is never embedded in HTML.
            options.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        RedactAllFormatters(logging.Services);
        return logging;
    }

    /// <summary>Wraps every formatter the console knows, so that no setting (Logging:Console:FormatterName) leads around the redaction.</summary>
    private static void RedactAllFormatters(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is not { ServiceType: var type, ImplementationType: { } formatter } || type != typeof(ConsoleFormatter)) continue;
            services[i] = ServiceDescriptor.Singleton<ConsoleFormatter>(provider =>
                new RedactingFormatter((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, formatter)));
        }
    }
}
