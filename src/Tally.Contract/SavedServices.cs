using Tally.Contract.Reading;
using Tally.Contract.Sending;

namespace Tally.Contract;

/// <summary>Reads a <c>services</c> answer that was kept in a file, as leniently as one from a panel.</summary>
public static class SavedServices
{
    private const int MaxDepth = 64;

    public static ApiResult<ServiceList> Read(byte[] body) =>
        AnswerReader.Read(new Answer(200, null, new KeyMask("")), body, MaxDepth, ServicesReader.Read);
}
