using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>A licensee's private key, P-256: it opens the content keys that publishers wrap for it.</summary>
/// <remarks>
/// <para>The licensee makes it once on the machine that runs the models, keeps it encrypted, and sends
/// <see cref="PublicKey"/> to publishers. To change it, make another one and ask for new permissions; content keys and sealed
/// models stay as they are. The formats are in docs/spec/keys.md.</para>
/// <para>Thread-safe: content keys are unwrapped one after another. Nothing of the key appears in a message or in
/// <see cref="ToString"/>.</para>
/// </remarks>
public sealed class LicenseeKey : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ECDiffieHellman _key;
    private bool _isDisposed;

    private LicenseeKey(ECDiffieHellman key)
    {
        _key = key;
        Span<byte> point = stackalloc byte[P256Point.Size];
        P256Point.Write(key, point);
        PublicKey = new LicenseePublicKey(point);
    }

    /// <summary>What publishers need.</summary>
    public LicenseePublicKey PublicKey { get; }

    /// <summary>Makes a new key with the operating system's random generator.</summary>
    /// <returns>The key, which the caller disposes.</returns>
    public static LicenseeKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key from a PEM text with exactly one <c>OML ENCRYPTED KEY</c> block (RFC 7468).</summary>
    /// <param name="pem">The text; what surrounds the block is ignored.</param>
    /// <param name="password">The password, not empty. The caller clears it.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <remarks>Tenths of a second on the calling thread: the rounds that the text asks for, 100,000 to 10,000,000.</remarks>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="CryptographicException">
    /// There is no such block, or several, or one that holds another kind of key; the password is wrong, or the text was altered.
    /// </exception>
    public static LicenseeKey ImportFromEncryptedPem(ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        using SecretBytes secret = EncryptedKey.Read(EncryptedKeyKind.LicenseeKey, pem, password);
        return new(LicenseeKeySecret.Read(secret.Read(secret)));
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
    public static Task<LicenseeKey> LoadAsync(
        string path, ReadOnlyMemory<char> password, CancellationToken cancellationToken = default) =>
        KeyFile.ReadAsync(path, pem => ImportFromEncryptedPem(pem, password.Span), cancellationToken);

    /// <summary>Decrypts a content key that was wrapped for this key.</summary>
    /// <param name="wrapped">What <see cref="ContentKey.WrapFor"/> returned, <see cref="ContentKey.WrappedSize"/> bytes.</param>
    /// <param name="model">The model that it is for.</param>
    /// <returns>The content key, which the caller disposes.</returns>
    /// <exception cref="ContentKeyException">It was wrapped for another licensee key or another model, or was altered.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public ContentKey Unwrap(ReadOnlySpan<byte> wrapped, ModelId model)
    {
        Span<byte> bytes = stackalloc byte[ContentKey.Size];
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                Hpke.Open(ContentKeyWrap.Aead, _key, PublicKey.Point, ContentKeyWrap.Info(model), wrapped, bytes);
            }

            return ContentKey.Import(bytes);
        }
        catch (CryptographicException exception)
        {
            throw new ContentKeyException(
                $"The content key cannot be unwrapped: it was wrapped for another licensee key than {PublicKey} or for another model " +
                $"than {model}, or it was altered. Ask the publisher for a permission with the key of that model for this licensee key.",
                exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Writes the private key, encrypted with a password, as PEM.</summary>
    /// <param name="password">A password that is not empty. The caller clears it.</param>
    /// <returns>The text, an <c>OML ENCRYPTED KEY</c> block: AES-256-GCM, 600,000 rounds of PBKDF2 with HMAC-SHA-512.</returns>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty or no valid Unicode.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public string ExportEncryptedPem(ReadOnlySpan<char> password)
    {
        Span<byte> secret = stackalloc byte[LicenseeKeySecret.Size];
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                LicenseeKeySecret.Write(_key, secret);
            }

            return EncryptedKey.Write(EncryptedKeyKind.LicenseeKey, secret, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
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

    /// <summary>The <see cref="LicenseePublicKey.ThumbprintUri"/> of the public half; never the key.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => PublicKey.ToString();

    /// <summary>Frees the private key. Disposing again does nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _key.Dispose();
        }
    }
}
