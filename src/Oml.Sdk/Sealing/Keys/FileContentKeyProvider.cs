using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>Reads the content key from an encrypted file: for a publisher's own machines, and for keys that travel by themselves.</summary>
/// <remarks>
/// It gives the key of its file for whatever model is asked for, and looks at no permission: a file is for one model. Thread-safe.
/// Every call reads the file anew, so that a changed file is noticed, and stretches the password again: tenths of a second.
/// </remarks>
public sealed class FileContentKeyProvider : IContentKeyProvider
{
    private readonly string _path;
    private readonly Func<CancellationToken, ValueTask<char[]>> _password;

    /// <summary>Creates a provider.</summary>
    /// <param name="path">A file that <see cref="ContentKey.SaveAsync"/> wrote; a relative path starts at the current directory.</param>
    /// <param name="password">Gives the password for each call, in an array of its own, which the provider clears after use.</param>
    public FileContentKeyProvider(string path, Func<CancellationToken, ValueTask<char[]>> password)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(password);
        _path = Path.GetFullPath(path);
        _password = password;
    }

    /// <inheritdoc/>
    /// <exception cref="ContentKeyException">
    /// The file is missing, cannot be read or is no content key file, or the password is wrong. The message names the file.
    /// </exception>
    public async ValueTask<ContentKey> GetContentKeyAsync(ContentKeyRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        char[] password = await _password(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ContentKey.LoadAsync(_path, password, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContentKeyException($"There is no content key file at '{_path}'.", error);
        }
        catch (CryptographicException error)
        {
            throw new ContentKeyException(error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ContentKeyException($"The content key file '{_path}' cannot be read: {error.Message}", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(password.AsSpan()));
        }
    }
}
