using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tally.Testing;

namespace Tally.Tests.Processes;

/// <summary>Reads what a node printed.</summary>
internal static class NodeLogs
{
    /// <summary>So much of a key is enough to call it leaked, even where its beginning is hidden.</summary>
    private const int Tail = 20;

    /// <summary>Neither standard output nor standard error holds one of the keys.</summary>
    public static void ShouldKeepSecrets(this TallyProcess node, IReadOnlyCollection<string> keys)
    {
        keys.ShouldNotBeEmpty();
        node.Output.ShouldNotBeEmpty("a node that prints nothing keeps every secret");
        foreach (var line in node.Output.Concat(node.Errors))
        {
            FindKey(line, keys).ShouldBeNull(line);
        }
    }

    /// <summary>Every line of standard output is one JSON object with a time, a level and a message.</summary>
    public static void ShouldPrintJsonLines(this TallyProcess node)
    {
        node.Output.ShouldNotBeEmpty();
        foreach (var line in node.Output)
        {
            using var document = Should.NotThrow(() => JsonDocument.Parse(line), line);
            document.RootElement.ValueKind.ShouldBe(JsonValueKind.Object, line);
            foreach (var name in new[] { "Timestamp", "LogLevel", "Category", "Message" })
            {
                document.RootElement.TryGetProperty(name, out _).ShouldBeTrue($"{name} in {line}");
            }
        }
    }

    /// <summary>The first of the keys that a line gives away, as it is or in an encoding; null when it gives none away.</summary>
    public static string? FindKey(string line, IEnumerable<string> keys)
    {
        string[] readings = [line, Uri.UnescapeDataString(line), WebUtility.HtmlDecode(line), Decoded(line)];
        return keys.FirstOrDefault(key => new[] { key, key.Length > 2 * Tail ? key[^Tail..] : key }.Any(part => Array.Exists(readings, r => r.Contains(part, StringComparison.OrdinalIgnoreCase))));
    }

    // All that a JSON line says, without its escapes.
    private static string Decoded(string line)
    {
        if (!line.StartsWith('{'))
        {
            return "";
        }

        var text = new StringBuilder();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                text.Append(reader.GetString()).Append('\n');
            }
        }

        return Uri.UnescapeDataString(text.ToString());
    }
}
