using System.Security.Cryptography;
using System.Text.Json;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a JWK Set (RFC 7517 §5): an object with an array of JWKs. Its other members are passed over.</summary>
internal static class JwkSetReader
{
    public static IssuerKeySet Read(ReadOnlyMemory<byte> utf8Json, UnknownKeyHandling handling)
    {
        using JsonDocument document = JwkReader.Parse(utf8Json, "JWK Set");
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out JsonElement keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new CryptographicException("The JWK Set is no JSON object with a list of keys.");
        }

        IssuerKeySetBuilder builder = new(handling);
        foreach (JsonElement key in keys.EnumerateArray())
        {
            builder.Add(key, JwkReader.Read);
        }

        return builder.Build();
    }
}
