using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;

namespace Tally.Tests.Architecture;

/// <summary>Rule 5: calls to other servers leave from few places, and only through the guard.</summary>
internal static class OutboundRules
{
    /// <summary>What can open a connection of its own.</summary>
    private static readonly string[] Openers =
    [
        "System.Net.Http.HttpClient", "System.Net.Http.HttpMessageInvoker", "System.Net.Http.HttpClientHandler", "System.Net.Http.SocketsHttpHandler",
        "System.Net.WebClient", "System.Net.Mail.SmtpClient", "System.Net.WebSockets.ClientWebSocket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.Socket",
    ];

    /// <summary>Only <paramref name="guard"/> makes a client or a connection.</summary>
    public static Findings OnlyTheGuardMakesClients(ArchUnitNET.Domain.Architecture architecture, string root, string guard)
    {
        var examined = Outside(architecture, root, [guard]);
        var violations = examined
            .SelectMany(type => type.Dependencies)
            .OfType<MethodCallDependency>()
            .Where(call => call.TargetMember is MethodMember { MethodForm: MethodForm.Constructor } && Openers.Contains(call.Target.FullName, StringComparer.Ordinal))
            .Select(call => $"{call.Origin.FullName} makes a {call.Target.FullName}.")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return new Findings(examined.Count, violations);
    }

    /// <summary>Only code within <paramref name="allowed"/> has an HttpClient in its hands.</summary>
    public static Findings OnlyTheseCallOut(ArchUnitNET.Domain.Architecture architecture, string root, IReadOnlyList<string> allowed)
    {
        var examined = Outside(architecture, root, allowed);
        var violations = examined
            .SelectMany(type => type.Dependencies)
            .Where(dependency => Openers.Contains(dependency.Target.FullName, StringComparer.Ordinal) || dependency.Target.FullName == "System.Net.Http.IHttpClientFactory")
            .Select(dependency => $"{dependency.Origin.FullName} uses {dependency.Target.FullName}.")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return new Findings(examined.Count, violations);
    }

    private static List<IType> Outside(ArchUnitNET.Domain.Architecture architecture, string root, IReadOnlyList<string> places) =>
    [
        .. architecture.Types.Where(type =>
            Namespaces.IsWithin(Namespaces.Of(type), root) && !places.Any(place => Namespaces.IsWithin(Namespaces.Of(type), place))),
    ];
}
