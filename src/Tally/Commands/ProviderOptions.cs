using System.CommandLine;
using Tally.Providers;

namespace Tally.Commands;

/// <summary>What one can say of a provider on a command line, read into a <see cref="ProviderChange"/>.</summary>
internal sealed class ProviderOptions
{
    private readonly Option<string?> _key = new("--key") { Description = "Another key there; it then stands in your shell's history: --key-stdin does not" };
    private readonly Option<bool> _keyFromInput = new("--key-stdin") { Description = "Read the key from the first line of standard input" };
    private readonly Option<string?> _url = new("--url") { Description = "Another address of its API" };
    private readonly Option<bool?> _references = new("--references") { Description = "It knows order_reference: an order may safely be sent to it again (true or false)", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool?> _allowPrivate = new("--allow-private") { Description = "Its address may be a private one, your own network (true or false)", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _connectTimeout = new("--connect-timeout") { Description = "Seconds for connecting, 1 to the total (5)" };
    private readonly Option<int?> _timeout = new("--timeout") { Description = "Seconds for a whole call, 1 to 40 (30)" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Calls under way at once, 1 to 1000 (16)" };
    private readonly Option<int?> _callsPerSecond = new("--calls-per-second") { Description = "Calls that may begin in a second on each node, 1 to 1000; 0 = no limit (0)" };
    private readonly Option<string[]> _extra = new("--extra") { Description = "A parameter NAME=VALUE that goes with every call; repeat it for more. These take the place of all before" };
    private readonly Option<bool> _noExtra = new("--no-extra") { Description = "No extra parameters any more" };
    private readonly Option<string?> _currency = new("--currency") { Description = "The currency of its amounts, such as USD, or panel for your own (panel)" };
    private readonly Option<string?> _rate = new("--rate") { Description = "What one of its currency is worth in yours (1)" };
    private readonly Option<string?> _lowBalance = new("--low-balance") { Description = "Raise an alert when your balance there is below this, in its currency; none = never (none)" };

    /// <summary>The options of <c>provider add</c>, where address and key are arguments.</summary>
    public IEnumerable<Symbol> ForAdd => [_keyFromInput, _references, _allowPrivate, .. Terms];

    /// <summary>The options of <c>provider set</c>.</summary>
    public IEnumerable<Symbol> ForSet => [_url, _key, _keyFromInput, _references, _allowPrivate, .. Terms, _noExtra];

    private IEnumerable<Symbol> Terms => [_connectTimeout, _timeout, _concurrency, _callsPerSecond, _extra, _currency, _rate, _lowBalance];

    /// <summary>What was said; null = nothing at all.</summary>
    /// <param name="add">Whether it is for <c>provider add</c>, which knows fewer options.</param>
    /// <param name="key">The key, when it is an argument.</param>
    /// <exception cref="InvalidInputException">The key is given twice, or standard input has none.</exception>
    public async Task<ProviderChange?> ReadAsync(ParseResult parsed, bool add, string? key, CancellationToken ct)
    {
        key ??= add ? null : parsed.GetValue(_key);
        if (parsed.GetValue(_keyFromInput))
        {
            key = key is null
                ? await Console.In.ReadLineAsync(ct) ?? throw new InvalidInputException("Standard input has no key in its first line.")
                : throw new InvalidInputException("Give the key once: as it is, or with --key-stdin.");
        }

        var noExtra = !add && parsed.GetValue(_noExtra);
        var extra = parsed.GetValue(_extra) ?? [];
        var change = new ProviderChange
        {
            Url = add ? null : parsed.GetValue(_url),
            Key = key,
            References = Flag(parsed, _references),
            AllowPrivate = Flag(parsed, _allowPrivate),
            ConnectTimeoutS = parsed.GetValue(_connectTimeout),
            TimeoutS = parsed.GetValue(_timeout),
            Concurrency = parsed.GetValue(_concurrency),
            CallsPerSecond = parsed.GetValue(_callsPerSecond),
            Extra = noExtra || extra.Length > 0 ? extra : null,
            Currency = parsed.GetValue(_currency),
            ExchangeRate = parsed.GetValue(_rate),
            LowBalance = parsed.GetValue(_lowBalance),
        };
        return change == new ProviderChange() ? null : change;
    }

    // --references alone means true.
    private static bool? Flag(ParseResult parsed, Option<bool?> option) =>
        parsed.GetResult(option) is { Implicit: false } said ? said.Tokens.Count == 0 || parsed.GetValue(option) == true : null;
}
