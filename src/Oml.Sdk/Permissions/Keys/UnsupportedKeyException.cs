using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A key is well formed as far as this version can tell, but none that permissions are verified with here.</summary>
/// <param name="message">What it is, and what is expected.</param>
internal sealed class UnsupportedKeyException(string message) : CryptographicException(message);
