using System.Text;
using System.Text.Json;
using CsCheck;
using Shouldly;
using Tally.Contract;
using Tally.Contract.Reading;
using Xunit;

namespace Tally.Tests.Contract;

/// <summary>Whatever a panel sends, a reader comes to a verdict. 105,000 samples across all readers.</summary>
public sealed class NoBytesThrowTests
{
    private const int Samples = 35_000;

    private static readonly Func<byte[], int, object>[] s_readers =
    [
        (body, status) => Shapes.Read(body, ActionReaders.Added, status),
        (body, status) => Shapes.Read(body, ActionReaders.Balance, status),
        (body, status) => Shapes.Read(body, ServicesReader.Read, status),
        (body, status) => Many(body, status, "order", OrderStateReader.Read),
        (body, status) => Many(body, status, "order", ActionReaders.Cancelled),
        (body, status) => Many(body, status, "order", ActionReaders.Refilled),
        (body, status) => Many(body, status, "refill", ActionReaders.RefillState),
        (body, status) => One(body, status, "order", OrderStateReader.Read),
        (body, status) => One(body, status, "order", ActionReaders.Refilled),
        (body, status) => One(body, status, "refill", ActionReaders.RefillState),
    ];

    private static readonly string[] s_answers =
    [
        """{"order":23501}""",
        """{"charge":"0.27819","start_count":"3572","status":"In progress","remains":"-157","currency":"USD","orders":[1,"2",{"order":3}],"runs":2,"expiry":"\ud83d\ude00"}""",
        """{"7":{"charge":1e-5,"status":"Partial","remains":"1,234"},"8":{"error":"Incorrect order ID","code":"x"},"9":null}""",
        """[{"order":7,"cancel":{"error":"no"}},{"order":"8","cancel":1,"refill":"5","status":{"error":["x"]}},{"refill":7,"status":"Rejected"}]""",
        """[{"service":1,"name":"👍 \ud83d","type":"Default","rate":"15.000,5","min":"1","max":1e3,"refill":true,"cancel":"yes","dripfeed":0}]""",
        """{"balance":"100.84292","currency":"USD"}""",
    ];

    private static readonly string[] s_tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\"order\":", "\"7\":", "\"8\"", "\"refill\":", "\"status\":", "\"error\":", "\"cancel\":", "\"charge\":", "\"remains\":", "\"orders\":",
        "\"service\":", "\"rate\":", "\"balance\":", "\"data\":", "\"id\":", "\"Completed\"", "null", "true", "false", "7", "8", "-1", "0", "1.5", "1e400", "-1e-400", "\"1,234\"",
        "\"1.234,5\"", "\"1,\"", "\",\"", "\"-\"", "\"+,1\"", "\"e\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\\u", "\"\\ud800", "99999999999999999999999999999999", "9223372036854775808", " ", "\u0000",
    ];

    private static readonly Gen<(int Reader, int Status)> s_frame = Gen.Select(Gen.Int[0, s_readers.Length - 1], Gen.OneOf(200, 200, 200, 200, 429, 500, 302, 404));

    private static readonly Gen<byte[]> s_anyBytes = Gen.Byte.Array[0, 120];

    private static readonly Gen<byte[]> s_tokenSoup = Gen.OneOf(s_tokens).Array[0, 25].Select(t => Encoding.UTF8.GetBytes(string.Concat(t)));

    private static readonly Gen<byte[]> s_brokenAnswers = Gen.Select(Gen.OneOf(s_answers), Gen.Select(Gen.Int[0, 300], Gen.Byte, Gen.OneOf(s_tokens), Gen.Bool).Array[0, 4], Mutate);

    [Fact]
    public void No_bytes_make_a_reader_throw() => Sample(s_anyBytes);

    [Fact]
    public void No_heap_of_JSON_tokens_makes_a_reader_throw() => Sample(s_tokenSoup);

    [Fact]
    public void No_answer_broken_in_a_few_places_makes_a_reader_throw() => Sample(s_brokenAnswers);

    private static void Sample(Gen<byte[]> bodies)
    {
        var verdicts = 0;
        Gen.Select(s_frame, bodies).Sample(
            sample =>
            {
                var verdict = s_readers[sample.Item1.Reader]([.. sample.Item2], sample.Item1.Status);
                verdict.ToString().ShouldNotBeNullOrEmpty();
                Interlocked.Increment(ref verdicts);
            },
            iter: Samples, threads: 2);
        verdicts.ShouldBeGreaterThanOrEqualTo(Samples);
    }

    private static byte[] Mutate(string answer, (int At, byte Value, string Token, bool Insert)[] changes)
    {
        var body = Encoding.UTF8.GetBytes(answer).ToList();
        foreach (var (at, value, token, insert) in changes)
        {
            var place = at % body.Count;
            if (insert)
            {
                body.InsertRange(place, Encoding.UTF8.GetBytes(token));
            }
            else
            {
                body[place] = value;
            }
        }

        return [.. body];
    }

    private static ApiResult<IReadOnlyDictionary<string, ApiResult<T>>> Many<T>(byte[] body, int status, string idName, ReadValue<T> read) =>
        Shapes.Read(body, (JsonElement root, Answer answer) => ItemsReader.Read(root, answer, new Asked(idName, ["7", "07", "8", "x9"]), read), status);

    private static ApiResult<T> One<T>(byte[] body, int status, string idName, ReadValue<T> read) =>
        Shapes.Read(body, (JsonElement root, Answer answer) => ItemsReader.ReadOne(root, answer, new Asked(idName, ["7"]), read), status);
}
