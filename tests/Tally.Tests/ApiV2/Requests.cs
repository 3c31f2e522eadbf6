using System.Text;
using Shouldly;
using Tally.ApiV2;

namespace Tally.Tests.ApiV2;

/// <summary>Bodies as clients send them, read without a server.</summary>
internal static class Requests
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";
    public const string Boundary = "----tally-boundary";
    public const string Multipart = "multipart/form-data; boundary=" + Boundary;

    /// <summary>What a few bodies of full length may take on a machine with forty other things to do; a quadratic reader would take a quarter of an hour or more.</summary>
    public static readonly TimeSpan LinearTime = TimeSpan.FromSeconds(90);

    public static RequestParameters ReadForm(string body) => ReadForm(Encoding.UTF8.GetBytes(body));

    public static RequestParameters ReadForm(byte[] body)
    {
        var parameters = new RequestParameters();
        RequestForm.Read(body, parameters).ShouldBeNull();
        return parameters;
    }

    public static RequestParameters ReadJson(string body)
    {
        var parameters = new RequestParameters();
        RequestJson.Read(Encoding.UTF8.GetBytes(body), parameters).ShouldBeNull();
        return parameters;
    }

    public static async Task<RequestParameters> ReadMultipartAsync(byte[] body, string contentType = Multipart)
    {
        var parameters = new RequestParameters();
        (await RequestMultipart.ReadAsync(new MemoryStream(body), contentType, parameters)).ShouldBeNull();
        return parameters;
    }

    /// <summary>Everything that was sent, by the names of the documentation.</summary>
    public static Dictionary<string, string> Sent(this RequestParameters parameters) =>
        Enum.GetValues<Parameter>().Where(p => parameters[p] is not null).ToDictionary(p => p.Name(), p => parameters[p]!);

    public static byte[] MultipartBody(IEnumerable<KeyValuePair<string, string>> values, string boundary = Boundary)
    {
        var body = new StringBuilder();
        foreach (var (name, value) in values)
        {
            body.Append("--").Append(boundary).Append("\r\nContent-Disposition: form-data; name=\"").Append(name).Append("\"\r\n\r\n").Append(value).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(body.Append("--").Append(boundary).Append("--\r\n").ToString());
    }

    /// <summary>JSON written by the writer, as text.</summary>
    public static string Written(Action<ResponseJson> write)
    {
        using var json = new ResponseJson();
        write(json);
        return Encoding.UTF8.GetString(json.Written.Span);
    }
}
