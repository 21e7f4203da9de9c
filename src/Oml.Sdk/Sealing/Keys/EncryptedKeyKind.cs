namespace Oml.Sdk.Sealing;

/// <summary>What an encrypted key file holds; the numbers are part of the format.</summary>
internal enum EncryptedKeyKind
{
    LicenseeKey = 1,
    ContentKey = 2,
}
