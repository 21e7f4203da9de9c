using System.Security.Cryptography;
using System.Text;

namespace Oml.Sdk.Sealing;

/// <summary>Key files: written whole or not at all, readable by their owner only.</summary>
internal static class KeyFile
{
    // An encrypted key is 300 characters long; a note around it may be longer.
    private const int MaxFileBytes = 64 * 1024;

    public static async Task WriteAsync(string path, string text, bool overwrite, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string target = Path.GetFullPath(path);
        if (overwrite)
        {
            await ReplaceAsync(target, text, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Takes the name first: a rename alone would replace a file that appears in the meantime.
        await CreateNew(target).DisposeAsync().ConfigureAwait(false);
        try
        {
            await ReplaceAsync(target, text, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            File.Delete(target);
            throw;
        }
    }

    public static async Task<T> ReadAsync<T>(string path, Func<string, T> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream file = new(path, new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 0 });
        byte[] bytes = new byte[MaxFileBytes + 1];
        int length;
        await using (file.ConfigureAwait(false))
        {
            length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }

        if (length > MaxFileBytes)
        {
            throw new CryptographicException($"The file '{path}' is longer than {MaxFileBytes} bytes, so it is no key file.");
        }

        try
        {
            return read(Encoding.UTF8.GetString(bytes, 0, length));
        }
        catch (CryptographicException exception)
        {
            throw new CryptographicException($"The key file '{path}': {exception.Message}", exception);
        }
    }

    private static async Task ReplaceAsync(string target, string text, CancellationToken cancellationToken)
    {
        string beside = $"{target}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp";
        FileStream file = CreateNew(beside);
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(text + "\n"), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, target, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static FileStream CreateNew(string path)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
