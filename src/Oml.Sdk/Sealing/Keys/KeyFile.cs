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
        await WriteBesideAsync(Path.GetFullPath(path), text, overwrite, cancellationToken).ConfigureAwait(false);
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

    // The name appears with the whole contents; where it must be new, the file system sees to that in the same step.
    private static async Task WriteBesideAsync(string target, string text, bool overwrite, CancellationToken cancellationToken)
    {
        if (!overwrite && Path.Exists(target))
        {
            throw new IOException($"There is a file '{target}' already; choose another name, or allow it to be replaced.");
        }

        string beside = $"{target}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp";
        FileStream file = CreateNew(beside);
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(text + "\n"), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            FileNames.Move(beside, target, overwrite);
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
