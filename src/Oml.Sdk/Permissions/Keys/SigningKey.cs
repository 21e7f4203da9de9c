using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A private key of the platform, of whichever family. For one thread at a time; disposing frees it.</summary>
internal abstract class SigningKey : IDisposable
{
    public abstract byte[] ExportSubjectPublicKeyInfo();

    public abstract byte[] ExportPkcs8PrivateKey();

    public abstract string ExportEncryptedPkcs8PrivateKeyPem(ReadOnlySpan<char> password, PbeParameters encryption);

    public abstract byte[] Sign(ReadOnlySpan<byte> data, PermissionAlgorithm algorithm);

    public abstract void Dispose();
}
