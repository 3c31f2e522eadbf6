namespace Tally.Demo;

/// <summary>
/// What goes wrong with one call. "Before taking" leaves the provider as it was; "after taking" means that the call was
/// carried out (the order exists and is charged) and only its answer is spoilt.
/// </summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>
    /// Waits (real time), then goes on: to the plain answer, or to another fault. The call is carried out after the wait even
    /// when the caller has hung up by then, as a PHP panel would.
    /// </summary>
    public sealed record Delay(TimeSpan Time, Fault? Then = null) : Fault;

    /// <summary>The connection is aborted before taking; not a byte is answered.</summary>
    public sealed record ResetBeforeBody : Fault;

    /// <summary>The connection is aborted after taking; not a byte is answered.</summary>
    public sealed record ResetAfterTaking : Fault;

    /// <summary>An HTTP status with a small HTML page.</summary>
    public sealed record Status(int Code, bool AfterTaking = false) : Fault;

    /// <summary>Status 200 with a "checking your browser" page.</summary>
    public sealed record Html(bool AfterTaking = false) : Fault;

    /// <summary>Status 200 with an empty body.</summary>
    public sealed record Empty(bool AfterTaking = false) : Fault;

    /// <summary>After taking: the true answer, cut in the middle.</summary>
    public sealed record Malformed : Fault;

    /// <summary>After taking: well-formed JSON of another shape.</summary>
    public sealed record WrongShape(AnswerShape Shape) : Fault;

    /// <summary>An <c>add</c> is taken and answered with the id of the <c>add</c> before it (its own, if it is the first).</summary>
    public sealed record DuplicateId : Fault;

    /// <summary>A list answer leaves out its last <paramref name="Count"/> ids.</summary>
    public sealed record OmitIds(int Count = 1) : Fault;

    /// <summary>Every <c>status</c> in the answer is this word.</summary>
    public sealed record UnknownStatus(string Word = "Awaiting moderation") : Fault;

    /// <summary>Refuses with <c>Not enough funds on balance</c>, whatever the balance.</summary>
    public sealed record NotEnoughFunds : Fault;

    /// <summary>Status 429 with <c>Retry-After</c>, before taking.</summary>
    public sealed record TooManyRequests(int RetryAfterSeconds = 1) : Fault;

    /// <summary>
    /// From this call on the rates (of all services, or of one) are the original ones plus this percentage; 0 puts them back.
    /// The call itself is answered plainly, at the new rates.
    /// </summary>
    public sealed record PriceMoves(int Percent, int? Service = null) : Fault;
}

/// <summary>The wrong shapes in which panels have been seen to answer.</summary>
public enum AnswerShape
{
    /// <summary><c>{"data": answer}</c></summary>
    Wrapped,

    /// <summary><c>[answer]</c></summary>
    InArray,

    /// <summary><c>null</c></summary>
    Null,

    /// <summary><c>"ok"</c></summary>
    Text,

    /// <summary><c>{}</c></summary>
    EmptyObject,

    /// <summary><c>[]</c></summary>
    EmptyArray,

    /// <summary>Every number is a string.</summary>
    NumbersAsStrings,

    /// <summary>Every string that reads as a number is a number.</summary>
    StringsAsNumbers,

    /// <summary>Every value that is neither object nor array is null.</summary>
    NullValues,
}
