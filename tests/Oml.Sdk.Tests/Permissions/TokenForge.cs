using System.Collections.Immutable;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Builds tokens, right and wrong, byte by byte, with an encoder and a signer that are not the library's.</summary>
internal sealed record TokenForge
{
    public const string Issuer = "https://publisher.example";
    public const string Audience = "app.example";
    public const string Scope = "infer";
    public const long IssuedAt = 1767225600; // 2026-01-01T00:00:00Z
    public const long ExpiresAt = IssuedAt + 3600;

    public static readonly byte[] TokenType = Cbor.Text("application/oml-permission+cwt");

    public static ModelId Model { get; } = ModelId.Compute("model"u8);

    public static byte[] Nonce { get; } = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");

    public required ImmutableList<(byte[] Key, byte[] Value)> Headers { get; init; }

    public required ImmutableList<(byte[] Key, byte[] Value)> Claims { get; init; }

    /// <summary>Whether headers and claims are sorted, as they must be, or stay as they were added.</summary>
    public bool IsSorted { get; init; } = true;

    /// <summary>The protected headers as encoded, in place of <see cref="Headers"/>.</summary>
    public byte[]? ProtectedHeaders { get; init; }

    /// <summary>The payload as encoded, in place of <see cref="Claims"/>.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>The unprotected map as encoded.</summary>
    public byte[] Unprotected { get; init; } = [0xA0];

    /// <summary>The first bytes of the token.</summary>
    public byte[] Start { get; init; } = [0xD2, 0x84];

    /// <summary>The payload item, in place of the byte string.</summary>
    public byte[]? PayloadItem { get; init; }

    /// <summary>The signature item, in place of the byte string.</summary>
    public byte[]? SignatureItem { get; init; }

    /// <summary>A permission with nothing optional, for <see cref="Model"/>, from <see cref="IssuedAt"/> for one hour.</summary>
    public static TokenForge Minimal(TestKey key) => new()
    {
        Headers = [(Cbor.Int(1), Cbor.Int((int)key.PublicKey.Algorithm)), (Cbor.Int(4), Cbor.Bytes(key.PublicKey.KeyId.ToArray())), (Cbor.Int(16), TokenType)],
        Claims =
        [
            (Cbor.Int(1), Cbor.Text(Issuer)),
            (Cbor.Int(2), Cbor.Text("licensee-7")),
            (Cbor.Int(4), Cbor.Int(ExpiresAt)),
            (Cbor.Int(6), Cbor.Int(IssuedAt)),
            (Cbor.Int(7), Cbor.Bytes(Nonce)),
            (Cbor.Int(-65537), Cbor.Bytes(Model.ToArray())),
            (Cbor.Int(-65542), Cbor.Int(7)),
        ],
    };

    public TokenForge WithHeader(Int128 label, byte[] value) => WithHeader(Cbor.Int(label), value);

    public TokenForge WithHeader(byte[] key, byte[] value) => this with { Headers = Set(Headers, key, value) };

    public TokenForge WithoutHeader(Int128 label) => this with { Headers = Headers.RemoveAll(entry => entry.Key.SequenceEqual(Cbor.Int(label))) };

    public TokenForge WithClaim(Int128 label, byte[] value) => WithClaim(Cbor.Int(label), value);

    public TokenForge WithClaim(byte[] key, byte[] value) => this with { Claims = Set(Claims, key, value) };

    public TokenForge WithoutClaim(Int128 label) => this with { Claims = Claims.RemoveAll(entry => entry.Key.SequenceEqual(Cbor.Int(label))) };

    public byte[] Build(TestKey key) => Build(key.Sign);

    public byte[] Build(Func<byte[], byte[]> sign)
    {
        byte[] headers = ProtectedHeaders ?? Map(Headers);
        byte[] payload = Payload ?? Map(Claims);
        byte[] signature = sign(Cbor.Array(Cbor.Text("Signature1"), Cbor.Bytes(headers), Cbor.Bytes(), Cbor.Bytes(payload)));
        return [.. Start, .. Cbor.Bytes(headers), .. Unprotected, .. PayloadItem ?? Cbor.Bytes(payload), .. SignatureItem ?? Cbor.Bytes(signature)];
    }

    private static ImmutableList<(byte[] Key, byte[] Value)> Set(ImmutableList<(byte[] Key, byte[] Value)> entries, byte[] key, byte[] value)
    {
        int index = entries.FindIndex(entry => entry.Key.SequenceEqual(key));
        return index < 0 ? entries.Add((key, value)) : entries.SetItem(index, (key, value));
    }

    private byte[] Map(ImmutableList<(byte[] Key, byte[] Value)> entries) => Cbor.Map(
        IsSorted ? entries.Sort((x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key)) : entries);
}
