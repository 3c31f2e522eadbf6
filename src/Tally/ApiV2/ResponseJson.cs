using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tally.Ledger;

namespace Tally.ApiV2;

/// <summary>Writes an answer's JSON as UTF-8 into a pooled buffer. It knows the contract's value forms (api-v2.md section 2); the caller writes what stands between.</summary>
internal sealed class ResponseJson : IDisposable
{
    private static readonly SearchValues<char> MustBeEscaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private const int Smallest = 512;

    // Taken when there is something to write: what is held while a request waits for the store, another thread gives back, and the pool is at its best with one thread.
    private byte[] _bytes = [];
    private int _length;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Forgets what has been written.</summary>
    public void Clear() => _length = 0;

    /// <summary>Braces, names, commas: JSON as it stands.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Space(json.Length));
        _length += json.Length;
    }

    /// <summary>An integer: <c>23501</c>.</summary>
    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Space(20), out var written);
        _length += written;
    }

    /// <summary>An integer string: <c>"157"</c>.</summary>
    public void NumberText(long value)
    {
        Raw("\""u8);
        Number(value);
        Raw("\""u8);
    }

    /// <summary>A decimal string: <c>"0.27819"</c>.</summary>
    public void Money(Money value)
    {
        Raw("\""u8);
        value.TryFormat(Space(Tally.Ledger.Money.MaxLength), out var written);
        _length += written;
        Raw("\""u8);
    }

    /// <summary>A boolean.</summary>
    public void Flag(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>A string. Only what JSON demands is escaped, so that names in any script stay readable; a lone surrogate becomes U+FFFD.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAny(MustBeEscaped);
            var plain = next < 0 ? text : text[..next];
            _length += Encoding.UTF8.GetBytes(plain, Space(Encoding.UTF8.GetMaxByteCount(plain.Length)));
            if (next < 0)
            {
                break;
            }

            Escape(text[next]);
            text = text[(next + 1)..];
        }

        Raw("\""u8);
    }

    public void Dispose()
    {
        Take([]);
        _length = 0;
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw("\\\\"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            case '\r':
                Raw("\\r"u8);
                break;
            case '\t':
                Raw("\\t"u8);
                break;
            default:
                Raw(c < 0x10 ? "\\u000"u8 : "\\u001"u8);
                Raw("0123456789abcdef"u8.Slice(c % 16, 1));
                break;
        }
    }

    private Span<byte> Space(int length)
    {
        if (_bytes.Length - _length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_bytes.Length * 2, _length + length), Smallest));
            Written.CopyTo(larger);
            Take(larger);
        }

        return _bytes.AsSpan(_length);
    }

    private void Take(byte[] bytes)
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = bytes;
    }
}
