using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a public JWK (RFC 7517, RFC 7518 §6) as docs/spec/keys.md §7 allows it. Members that nobody knows are passed over, as RFC 7517 §4 demands.</summary>
internal static class JwkReader
{
    // Without regard to kty: none of them belongs into a public key of any type that is registered.
    private static readonly string[] SecretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    /// <summary>Parses a text in which no member is there twice.</summary>
    /// <exception cref="CryptographicException">It is no such text.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json, string what)
    {
        try
        {
            return JsonDocument.Parse(utf8Json, new()
            {
                AllowDuplicateProperties = false,
                MaxDepth = IssuerKeyLimits.MaxJsonDepth,
            });
        }
        catch (JsonException exception)
        {
            // The platform's message quotes the text, which may be a private key.
            throw new CryptographicException(
                $"The {what} is no JSON text, nests deeper than {IssuerKeyLimits.MaxJsonDepth}, or has a member twice (line " +
                $"{exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).");
        }
    }

    /// <exception cref="UnsupportedKeyException">It is of another type, curve, algorithm or use than those of permissions.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no ML-DSA.</exception>
    /// <exception cref="CryptographicException">It is malformed, too weak, or a private key.</exception>
    public static ParsedKey Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
        {
            throw new CryptographicException("The JWK is no JSON object.");
        }

        if (Array.Exists(SecretMembers, name => jwk.TryGetProperty(name, out _)))
        {
            throw PrivateKeyText.Refusal("JWK");
        }

        string type = Text(jwk, "kty") ?? throw Missing("kty");
        string? id = Text(jwk, "kid");
        if (id is not null && Encoding.UTF8.GetByteCount(id) > IssuerKeyLimits.MaxKeyIdBytes)
        {
            throw new CryptographicException($"The JWK has a kid of more than {IssuerKeyLimits.MaxKeyIdBytes} bytes.");
        }

        string? algorithm = Text(jwk, "alg");
        (DateTimeOffset? notBefore, DateTimeOffset? notAfter) = KeyTimes.Read(Seconds(jwk, "nbf"), Seconds(jwk, "exp"), "The JWK");
        CheckUse(jwk);
        IssuerPublicKey key = type switch
        {
            "EC" => ReadEc(jwk, algorithm),
            "RSA" => ReadRsa(jwk, algorithm),
            "AKP" => ReadAkp(jwk, algorithm),
            _ => throw new UnsupportedKeyException($"The JWK is of type {DenialText.Quote(type)}; use EC, RSA or AKP."),
        };
        return new(key) { Id = id, NotBefore = notBefore, NotAfter = notAfter };
    }

    private static IssuerPublicKey ReadEc(JsonElement jwk, string? algorithm)
    {
        PermissionAlgorithm own = Text(jwk, "crv") switch
        {
            "P-256" => PermissionAlgorithm.ES256,
            "P-384" => PermissionAlgorithm.ES384,
            null => throw Missing("crv"),
            _ => throw new UnsupportedKeyException("The curve of the JWK is neither P-256 nor P-384."),
        };
        CheckAlgorithm(algorithm, own);
        return IssuerKeyReader.FromPoint(own, Bytes(jwk, "x"), Bytes(jwk, "y"));
    }

    private static IssuerPublicKey ReadRsa(JsonElement jwk, string? algorithm)
    {
        CheckAlgorithm(algorithm, PermissionAlgorithm.PS256);
        return IssuerKeyReader.FromModulus(Bytes(jwk, "n"), Bytes(jwk, "e"));
    }

    // The type says nothing of the parameters: here, alg is required (RFC 9964 §3).
    private static IssuerPublicKey ReadAkp(JsonElement jwk, string? algorithm)
    {
        PermissionAlgorithm own = (algorithm ?? throw Missing("alg")) switch
        {
            JwkNames.MLDsa44 => PermissionAlgorithm.MLDsa44,
            JwkNames.MLDsa65 => PermissionAlgorithm.MLDsa65,
            JwkNames.MLDsa87 => PermissionAlgorithm.MLDsa87,
            _ => throw new UnsupportedKeyException($"The JWK is for {DenialText.Quote(algorithm)}, which is not known here."),
        };
        return MLDsaKeys.FromBytes(own, Bytes(jwk, "pub"));
    }

    private static void CheckAlgorithm(string? algorithm, PermissionAlgorithm own)
    {
        if (algorithm is not null && algorithm != JwkNames.Algorithm(own))
        {
            throw new UnsupportedKeyException($"The JWK is for {DenialText.Quote(algorithm)} and not for {JwkNames.Algorithm(own)}: its alg says so.");
        }
    }

    private static void CheckUse(JsonElement jwk)
    {
        if (Text(jwk, "use") is not (null or "sig"))
        {
            throw new UnsupportedKeyException("The JWK is not for signatures: its use says so.");
        }

        if (!jwk.TryGetProperty("key_ops", out JsonElement operations))
        {
            return;
        }

        bool isList = operations.ValueKind == JsonValueKind.Array && operations.GetArrayLength() is > 0 and <= IssuerKeyLimits.MaxOperations
            && operations.EnumerateArray().All(operation => operation.ValueKind == JsonValueKind.String);
        string[] names = isList ? [.. operations.EnumerateArray().Select(operation => String(operation, "key_ops"))] : [];
        if (!isList || names.Distinct(StringComparer.Ordinal).Count() != names.Length)
        {
            throw new CryptographicException(
                $"The JWK has key_ops that are no list of 1 to {IssuerKeyLimits.MaxOperations} different texts.");
        }

        if (!names.Contains("verify", StringComparer.Ordinal))
        {
            throw new UnsupportedKeyException("The JWK is not for verifying: its key_ops say so.");
        }
    }

    private static string? Text(JsonElement jwk, string name)
    {
        if (!jwk.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? String(value, name) : throw new CryptographicException($"The JWK has {name} that is no text.");
    }

    private static string String(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CryptographicException($"The JWK has {name} that is no valid Unicode.");
        }
    }

    private static long? Seconds(JsonElement jwk, string name)
    {
        if (!jwk.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds)
            ? seconds
            : throw new CryptographicException($"The JWK has {name} that is no whole number of seconds.");
    }

    private static byte[] Bytes(JsonElement jwk, string name)
    {
        string text = Text(jwk, name) ?? throw Missing(name);

        // The platform's decoder passes over white space, padding and left-over bits; the encoder has one form.
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out int written) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == text
            ? bytes[..written]
            : throw new CryptographicException($"The JWK has {name} that is not base64url without padding.");
    }

    private static CryptographicException Missing(string name) => new($"The JWK lacks {name}.");
}
