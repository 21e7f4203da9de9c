namespace Oml.Sdk.Sealing;

/// <summary>How HPKE encrypts (RFC 9180 §7.3); the values are those of the registry.</summary>
internal enum HpkeAead : ushort
{
    Aes128Gcm = 1,
    Aes256Gcm = 2,
}
