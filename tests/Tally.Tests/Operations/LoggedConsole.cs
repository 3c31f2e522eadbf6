using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Tally.Operations;

namespace Tally.Tests.Operations;

/// <summary>A web application with the real logging set-up, whose console is a string.</summary>
internal sealed class LoggedConsole : IAsyncDisposable
{
    private readonly StringWriter _console = new();

    private LoggedConsole(LogFormat format, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Logging.AddTallyLogs(format);
        // The console logger takes Console.Out once, when it is made.
        var console = Console.Out;
        Console.SetOut(_console);
        try
        {
            App = builder.Build();
            Log = ((Microsoft.Extensions.Hosting.IHost)App).Services.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory
                ? factory.CreateLogger("Test")
                : throw new InvalidOperationException("no logger factory");
        }
        finally
        {
            Console.SetOut(console);
        }
        App.Urls.Add("http://127.0.0.1:0");
    }

    public WebApplication App { get; }

    public ILogger Log { get; }

    public static LoggedConsole With(LogFormat format, params (string Key, string Value)[] settings) => new(format, settings);

    /// <summary>Ends the application, which writes out what is queued.</summary>
    public async Task<string> TextAsync()
    {
        await App.DisposeAsync();
        return _console.ToString();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
