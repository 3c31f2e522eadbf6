namespace Tally.ApiV2;

/// <summary>Writes a refusal: the words that clients look for, the code that pages translate by, and what a person needs to mend it (api-v2.md section 5).</summary>
internal static class Errors
{
    /// <summary>The whole answer, or the value of an item in a list.</summary>
    public static void Write(ResponseJson json, Refusal refusal)
    {
        json.Raw("{\"error\":"u8);
        json.Text(refusal.Error);
        json.Raw(",\"code\":"u8);
        json.Text(refusal.Code);
        if (refusal.Detail is not null)
        {
            json.Raw(",\"detail\":"u8);
            json.Text(refusal.Detail);
        }

        if (refusal.Order is { } order)
        {
            json.Raw(",\"order\":"u8);
            json.Number(order);
        }

        json.Raw("}"u8);
    }

    /// <summary>Which parameter is missing.</summary>
    public static Refusal Missing(Parameter parameter) => Refusal.IncorrectRequest($"{parameter.Name()}: required");

    /// <summary>Neither the one nor its list was sent.</summary>
    public static Refusal Missing(Parameter one, Parameter list) => Refusal.IncorrectRequest($"{one.Name()} or {list.Name()}: required");
}
