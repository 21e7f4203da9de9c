using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>Reads the content key from an environment variable: for containers whose orchestrator hands out secrets that way.</summary>
/// <remarks>
/// The variable holds the 32 bytes as 43 characters of base64url without padding (RFC 4648 §5) or as 64 hexadecimal digits. It is
/// read at every call, and its key is given for whatever model is asked for. Thread-safe. The variable is in clear in the
/// process and its children and cannot be cleared here; where files are possible, prefer <see cref="FileContentKeyProvider"/>.
/// </remarks>
public sealed class EnvironmentContentKeyProvider : IContentKeyProvider
{
    private const int Base64UrlLength = 43;
    private const int HexLength = 2 * ContentKey.Size;

    private readonly string _variable;

    /// <summary>Creates a provider.</summary>
    /// <param name="variable">The name of the variable.</param>
    public EnvironmentContentKeyProvider(string variable)
    {
        ArgumentException.ThrowIfNullOrEmpty(variable);
        _variable = variable;
    }

    /// <inheritdoc/>
    /// <exception cref="ContentKeyException">The variable is not set, or holds no key. The message names the variable.</exception>
    public ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<ContentKey>(cancellationToken) : Read();
    }

    private ValueTask<ContentKey> Read()
    {
        if (Environment.GetEnvironmentVariable(_variable) is not { Length: > 0 } text)
        {
            return ValueTask.FromException<ContentKey>(new ContentKeyException(
                $"The environment variable '{_variable}' is not set; it should hold the content key, {ContentKey.Size} bytes as " +
                "base64url or hex."));
        }

        Span<byte> bytes = stackalloc byte[ContentKey.Size];
        try
        {
            return TryDecode(text, bytes)
                ? new(ContentKey.Import(bytes))
                : ValueTask.FromException<ContentKey>(new ContentKeyException(
                    $"The environment variable '{_variable}' holds no content key: expected {Base64UrlLength} characters of base64url " +
                    $"without padding or {HexLength} hexadecimal digits; got {text.Length} characters that are not."));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static bool TryDecode(string text, Span<byte> bytes) => text.Length switch
    {
        Base64UrlLength =>
            Base64Url.DecodeFromChars(text, bytes, out _, out int written) == OperationStatus.Done && written == bytes.Length,
        HexLength =>
            Convert.FromHexString(text, bytes, out _, out int written) == OperationStatus.Done && written == bytes.Length,
        _ => false,
    };
}
