using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Tally.Operations;
using Tally.Platform.Db;
using Tally.Providers;
using Tally.Settings;

namespace Tally.Commands;

/// <summary>What a command works with: the panel's use cases on the store that <c>--database</c> names, brought forward if need be, and a way to answer.</summary>
internal sealed class CommandScope : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Pretty = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new MoneyText() },
    };

    private readonly ServiceProvider _services;
    private readonly bool _json;

    private CommandScope(ServiceProvider services, bool json) => (_services, _json) = (services, json);

    /// <summary><c>--database</c></summary>
    public static Option<string> DatabaseOption() => new("--database")
    {
        Description = "The store: a SQLite file, or a PostgreSQL connection string (Host=…)",
        DefaultValueFactory = _ => TallyCommand.DefaultDatabase,
    };

    /// <summary><c>--json</c></summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Answer as JSON, for machines" };

    /// <summary>A command that works on a store: with <c>--database</c> and <c>--json</c>, and the store brought forward before <paramref name="run"/>.</summary>
    public static Command On(string name, string description, IEnumerable<Symbol> symbols, Func<CommandScope, ParseResult, CancellationToken, Task> run)
    {
        var (database, json) = (DatabaseOption(), JsonOption());
        var command = new Command(name, description) { database, json };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction(async (parsed, ct) =>
        {
            await using var scope = await OpenAsync(parsed.GetValue(database)!, parsed.GetValue(json), migrate: true, ct);
            await run(scope, parsed, ct);
            return scope.ExitCode;
        });
        return command;
    }

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; set; }

    /// <summary>The panel's use cases on a store.</summary>
    /// <param name="time">Another clock than the system's.</param>
    public static async Task<CommandScope> OpenAsync(string database, bool json, bool migrate, CancellationToken ct, TimeProvider? time = null)
    {
        var services = new ServiceCollection();

        // A command says itself what it found; an alert beside that would say it twice.
        services.AddLogging(l => l.AddTallyLogs(LogFormat.Text).SetMinimumLevel(LogLevel.Warning).AddFilter(typeof(Alerts).FullName, LogLevel.Error));
        services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace); // standard output is the answer's
        services.AddTally(Database.Open(database));
        if (time is not null)
        {
            services.Replace(ServiceDescriptor.Singleton(time));
        }

        var scope = new CommandScope(services.BuildServiceProvider(), json);
        try
        {
            if (migrate)
            {
                await scope.Get<Migrator>().MigrateAsync(ct);
                await scope.Get<SettingsSnapshot>().EnsurePanelIdAsync(ct);
                await scope.Get<SecureProviderKeys>().RunAsync(ct);
            }

            return scope;
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    /// <summary>The panel's use cases on a store to be looked at: it must be there and up to date already; nothing is made and nothing is brought forward.</summary>
    public static async Task<CommandScope> LookAsync(string database, bool json, bool mayBePending, CancellationToken ct)
    {
        var scope = await OpenAsync(database, json, migrate: false, ct);
        try
        {
            var store = scope.Get<Database>();
            if (!store.IsThere)
            {
                throw new InvalidInputException($"There is no store at {store.Description}. To make one: tally migrate");
            }

            if (!mayBePending && (await scope.Get<Migrator>().StateAsync(ct)).Pending.Count > 0)
            {
                throw new InvalidInputException($"{store.Description} is older than this build. To bring it forward: tally migrate");
            }

            return scope;
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of the use cases.</summary>
    public IServiceProvider Services => _services;

    /// <summary>A use case.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Answers: the value as JSON for machines, the lines for people.</summary>
    public void Say(object value, params IEnumerable<string> lines)
    {
        if (_json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(value, Pretty));
            return;
        }

        foreach (var line in lines)
        {
            Console.Out.WriteLine(line);
        }
    }

    /// <summary>Progress on standard error, for people only.</summary>
    public IProgress<string>? Progress => _json || Console.IsErrorRedirected ? null : new Progress<string>(line => Console.Error.WriteLine(line));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class MoneyText : System.Text.Json.Serialization.JsonConverter<Tally.Ledger.Money>
    {
        public override Tally.Ledger.Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Tally.Ledger.Money.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Tally.Ledger.Money value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
