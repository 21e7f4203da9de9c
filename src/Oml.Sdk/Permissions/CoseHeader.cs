namespace Oml.Sdk.Permissions;

/// <summary>The labels of the COSE headers that a token has (RFC 9052 §3.1, RFC 9596) and the tag that it starts with.</summary>
internal static class CoseHeader
{
    public const int Algorithm = 1;
    public const int Critical = 2;
    public const int KeyId = 4;
    public const int Type = 16;

    /// <summary>CBOR tag 18 in its shortest form.</summary>
    public const byte Sign1Tag = 0xD2;
}
