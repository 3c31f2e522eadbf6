using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Tally.Operations;

/// <summary>
/// Takes the secrets out of message, values, scopes and exception before the real formatter sees them. It works on the texts and not on the finished
/// line, where escapes would hide a part of a key.
/// </summary>
internal sealed class RedactingFormatter(ConsoleFormatter inner) : ConsoleFormatter(inner.Name), IDisposable
{
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var values = logEntry.State as IEnumerable<KeyValuePair<string, object?>>;
        var redaction = new LineRedaction(values);
        // The original message is made from the original values, then cleaned.
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var state = new RedactedState(message is null ? null : redaction.Clean(message), redaction.Clean(values));
        var exception = logEntry.Exception is null ? null : new RedactedException(redaction.Clean(logEntry.Exception.ToString()));
        var entry = new LogEntry<RedactedState>(
            logEntry.LogLevel, logEntry.Category, logEntry.EventId, state, exception, static (state, _) => state.Message!);
        inner.Write(entry, scopeProvider is null ? null : new RedactedScopes(scopeProvider), textWriter);
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    /// <summary>
    /// What to hide in one line: what looks like a secret, and also, wherever it occurs in the line, a value whose name says that it is one.
    /// </summary>
    private sealed class LineRedaction(IEnumerable<KeyValuePair<string, object?>>? values)
    {
        private const string Hidden = "***";

        /// <summary>Shorter ones are no secrets, and hiding them everywhere would garble the line.</summary>
        private const int ShortestSecret = 4;

        private readonly string[] _secrets = values is null ? [] :
            [.. values.Where(static v => Secrets.IsSecretName(v.Key)).Select(static v => Text(v.Value)).Where(static text => text.Length >= ShortestSecret)];

        public string Clean(string text)
        {
            foreach (var secret in _secrets) text = text.Replace(secret, Hidden, StringComparison.Ordinal);
            return Secrets.Redact(text);
        }

        public IReadOnlyList<KeyValuePair<string, object?>> Clean(IEnumerable<KeyValuePair<string, object?>>? values) =>
            values is null ? [] : [.. values.Select(v => KeyValuePair.Create(v.Key, Secrets.IsSecretName(v.Key) ? Hidden : Clean(v.Value)))];

        private object? Clean(object? value) => value switch
        {
            null or bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal => value,
            IEnumerable list and not string => Clean(string.Join(", ", list.Cast<object?>().Select(Text))),
            _ => Clean(Text(value)),
        };

        private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>The shape that formatters know: a text, and named values.</summary>
    private sealed class RedactedState(string? message, IReadOnlyList<KeyValuePair<string, object?>> values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public string? Message => message;

        public int Count => values.Count;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => message ?? "";
    }

    private sealed class RedactedScopes(IExternalScopeProvider scopes) : IExternalScopeProvider
    {
        public IDisposable Push(object? state) => scopes.Push(state);

        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => scopes.ForEachScope(
            static (scope, to) => to.callback(Clean(scope), to.state), (callback, state));

        private static object? Clean(object? scope)
        {
            if (scope is null) return null;
            var values = scope as IEnumerable<KeyValuePair<string, object?>>;
            var redaction = new LineRedaction(values);
            var text = redaction.Clean(Convert.ToString(scope, CultureInfo.InvariantCulture) ?? "");
            return values is null ? text : new RedactedState(text, redaction.Clean(values));
        }
    }

    /// <summary>Stands for an exception whose text (types, messages, stack, inner ones) was cleaned.</summary>
    private sealed class RedactedException(string text) : Exception(text)
    {
        public override string ToString() => Message;
    }
}
