using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>The key of a sealed model: 32 secret bytes, which a publisher makes once for each model.</summary>
/// <remarks>
/// <para>Who holds it can read the model, so it stays with the publisher; licensees get it wrapped, each for the
/// <see cref="LicenseePublicKey"/> of their own. The formats are in docs/spec/keys.md.</para>
/// <para>Thread-safe until it is disposed, which overwrites the bytes. It never prints them.</para>
/// </remarks>
public sealed class ContentKey : IDisposable
{
    /// <summary>The length of the key in bytes: 32.</summary>
    public const int Size = 32;

    /// <summary>The length of a wrapped key in bytes, 113: a point of 65, the key, a tag of 16.</summary>
    public const int WrappedSize = Hpke.Overhead + Size;

    private readonly SecretBytes _bytes;

    private ContentKey(SecretBytes bytes) => _bytes = bytes;

    /// <summary>A copy for an operation, which clears it: disposing the key meanwhile does not change what it works with.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    internal SecretBytes CopySecret()
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            _bytes.CopyTo(bytes, nameof(bytes), this);
            return new SecretBytes(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Draws a key from the operating system's random generator.</summary>
    /// <returns>A new key, which the caller disposes.</returns>
    public static ContentKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            RandomNumberGenerator.Fill(bytes);
            return new ContentKey(new SecretBytes(bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads a key in clear, as <see cref="Export"/> writes it.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes; they are copied, and the caller clears the source.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static ContentKey Import(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new ContentKey(new SecretBytes(bytes))
        : throw new ArgumentException($"A content key is {Size} bytes long; got {bytes.Length}.", nameof(bytes));

    /// <summary>Reads a key from a PEM text with exactly one <c>OML ENCRYPTED KEY</c> block (RFC 7468).</summary>
    /// <param name="pem">The text; what surrounds the block is ignored.</param>
    /// <param name="password">The password, not empty. The caller clears it.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <remarks>Tenths of a second on the calling thread: the rounds that the text asks for, 100,000 to 10,000,000.</remarks>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="CryptographicException">
    /// There is no such block, or several, or one that holds another kind of key; the password is wrong, or the text was altered.
    /// </exception>
    public static ContentKey ImportFromEncryptedPem(ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        using SecretBytes bytes = EncryptedKey.Read(EncryptedKeyKind.ContentKey, pem, password);
        return Import(bytes.Read(bytes));
    }

    /// <summary>Reads a file that <see cref="SaveAsync"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The password, not empty. The caller clears it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="IOException">The file cannot be read, or there is none.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    /// <exception cref="CryptographicException">
    /// <see cref="ImportFromEncryptedPem"/> refuses its contents; the message names the file.
    /// </exception>
    public static Task<ContentKey> LoadAsync(
        string path, ReadOnlyMemory<char> password, CancellationToken cancellationToken = default) =>
        KeyFile.ReadAsync(path, pem => ImportFromEncryptedPem(pem, password.Span), cancellationToken);

    /// <summary>Writes the secret bytes in clear, to be kept where secrets are kept.</summary>
    /// <returns>The <see cref="Size"/> bytes, in an array that the caller clears after use.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Export()
    {
        byte[] bytes = new byte[Size];
        _bytes.CopyTo(bytes, nameof(bytes), this);
        return bytes;
    }

    /// <summary>Encrypts the key for one licensee and one model.</summary>
    /// <param name="licensee">Who can unwrap it.</param>
    /// <param name="model">The model that it is for; it cannot be unwrapped as the key of another one.</param>
    /// <returns>
    /// <see cref="WrappedSize"/> bytes, to be put into a permission; they are another ones each time. They are no secret.
    /// </returns>
    /// <remarks>
    /// HPKE in base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Base mode does not say who wrapped the
    /// key; the signature of the permission that carries it does.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] WrapFor(LicenseePublicKey licensee, ModelId model)
    {
        ArgumentNullException.ThrowIfNull(licensee);
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            _bytes.CopyTo(bytes, nameof(bytes), this);
            return Hpke.Seal(ContentKeyWrap.Aead, licensee.Point, ContentKeyWrap.Info(model), bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Writes the key, encrypted with a password, as PEM.</summary>
    /// <param name="password">A password that is not empty. The caller clears it.</param>
    /// <returns>The text, an <c>OML ENCRYPTED KEY</c> block: AES-256-GCM, 600,000 rounds of PBKDF2 with HMAC-SHA-512.</returns>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public string ExportEncryptedPem(ReadOnlySpan<char> password)
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            _bytes.CopyTo(bytes, nameof(bytes), this);
            return EncryptedKey.Write(EncryptedKeyKind.ContentKey, bytes, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Saves what <see cref="ExportEncryptedPem"/> writes as a file that, on Unix, only its owner can read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">A password that is not empty. The caller clears it.</param>
    /// <param name="overwrite">Whether a file that is there is replaced; otherwise it stays, and this throws.</param>
    /// <param name="cancellationToken">Stops the writing; the file is then as it was.</param>
    /// <returns>When the contents are on the disk.</returns>
    /// <remarks>The file is written beside <paramref name="path"/> and renamed, so that it is never there in part.</remarks>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="IOException">There is a file already, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public Task SaveAsync(
        string path, ReadOnlyMemory<char> password, bool overwrite = false, CancellationToken cancellationToken = default) =>
        KeyFile.WriteAsync(path, ExportEncryptedPem(password.Span), overwrite, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
