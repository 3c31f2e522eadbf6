using System.Globalization;
using System.Net;
using System.Text;

namespace Tally.Contract.Sending;

/// <summary>Writes the parameters of a call as application/x-www-form-urlencoded, in the order in which they are given.</summary>
internal sealed class Form
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public Form(string key, string action) => Write("key", key).Write("action", action);

    /// <summary>Writes a parameter; null is none.</summary>
    public Form Write(string name, string? value)
    {
        if (value is not null)
        {
            _names.Add(name);
            _text.Append(_text.Length == 0 ? "" : "&").Append(WebUtility.UrlEncode(name)).Append('=').Append(WebUtility.UrlEncode(value));
        }

        return this;
    }

    public Form Write(string name, long? value) => Write(name, value?.ToString(CultureInfo.InvariantCulture));

    public Form Write(string name, IReadOnlyList<string>? lines) => Write(name, lines is null ? null : string.Join('\n', lines));

    /// <exception cref="ArgumentException">A name is empty or taken. Panels keep now the first and now the last of two, so which would count is anyone's guess.</exception>
    public Form WriteExtra(IReadOnlyList<KeyValuePair<string, string>> extra)
    {
        foreach (var (name, value) in extra)
        {
            if (string.IsNullOrWhiteSpace(name) || _names.Contains(name))
            {
                throw new ArgumentException($"The extra parameter '{name}' has no name, or one that is set already.", nameof(extra));
            }

            Write(name, value);
        }

        return this;
    }

    /// <summary>Writes the parameters that go with every call; one that this call has set already stays as it is.</summary>
    public Form WriteStanding(IReadOnlyList<KeyValuePair<string, string>> standing)
    {
        foreach (var (name, value) in standing)
        {
            if (!_names.Contains(name))
            {
                Write(name, value);
            }
        }

        return this;
    }

    public FormBody ToBody() => new(Encoding.ASCII.GetBytes(_text.ToString()));
}
