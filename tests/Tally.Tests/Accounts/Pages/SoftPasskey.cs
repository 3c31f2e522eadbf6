using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tally.Tests.Accounts.Pages;

/// <summary>A browser with an authenticator that holds one passkey (WebAuthn: ES256, attestation "none"), for tests without a browser.</summary>
internal sealed class SoftPasskey : IDisposable
{
    private const byte Present = 1, Verified = 4, HasKey = 64;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private string _user = "";

    /// <summary>How often it has signed.</summary>
    public uint Count { get; set; }

    public string Id => Base64Url.EncodeToString(_id);

    /// <summary>Answers navigator.credentials.create.</summary>
    public string Create(JsonElement options, string origin)
    {
        _user = options.GetProperty("user").GetProperty("id").GetString()!;
        var data = ClientData("webauthn.create", options, origin);
        var point = _key.ExportParameters(includePrivateParameters: false).Q;

        // COSE: EC2 key, ES256, P-256, x, y (RFC 9053).
        byte[] cose = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] authenticator = [.. AuthenticatorData(options.GetProperty("rp").GetProperty("id").GetString()!, Present | Verified | HasKey), .. new byte[16], 0, (byte)_id.Length, .. _id, .. cose];
        byte[] attestation = [0xa3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xa0, .. Text("authData"), 0x58, (byte)authenticator.Length, .. authenticator];
        return Credential(new { clientDataJSON = Base64Url.EncodeToString(data), attestationObject = Base64Url.EncodeToString(attestation), transports = new[] { "internal" } });
    }

    /// <summary>Answers navigator.credentials.get.</summary>
    public string Get(JsonElement options, string origin)
    {
        Count++;
        var data = ClientData("webauthn.get", options, origin);
        var authenticator = AuthenticatorData(options.GetProperty("rpId").GetString()!, Present | Verified);
        var signature = _key.SignData([.. authenticator, .. SHA256.HashData(data)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new
        {
            clientDataJSON = Base64Url.EncodeToString(data),
            authenticatorData = Base64Url.EncodeToString(authenticator),
            signature = Base64Url.EncodeToString(signature),
            userHandle = _user,
        });
    }

    public void Dispose() => _key.Dispose();

    private byte[] AuthenticatorData(string domain, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(domain)), flags, .. count];
    }

    private string Credential(object response) =>
        JsonSerializer.Serialize(new { id = Id, rawId = Id, type = "public-key", authenticatorAttachment = "platform", clientExtensionResults = new { }, response });

    private static byte[] ClientData(string type, JsonElement options, string origin) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = options.GetProperty("challenge").GetString(), origin, crossOrigin = false });

    // CBOR: a text of fewer than 24 bytes.
    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];
}
