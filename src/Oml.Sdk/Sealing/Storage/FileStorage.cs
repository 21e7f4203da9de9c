using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Sealing.Storage;

/// <summary>A file, read at offsets.</summary>
/// <remarks>
/// Not mapped: pages of a mapping count as the process's own memory, so that a model of n bytes would take 2n to open, and a file
/// that is cut short while it is mapped ends the process. What is read is a copy, so what was checked is what is decrypted.
/// </remarks>
internal sealed class FileStorage : SealedStorage
{
    private readonly SafeFileHandle _file;

    private FileStorage(string path, SafeFileHandle file)
        : base(path)
    {
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    public override long Length { get; }

    /// <exception cref="SealedModelException">The file is missing or cannot be read.</exception>
    public static FileStorage Open(string path)
    {
        try
        {
            return new FileStorage(path, File.OpenHandle(path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SealedModelException(SealedModelFailure.Unreadable, $"There is no sealed model at '{path}'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SealedModelException(
                SealedModelFailure.Unreadable, $"The sealed model '{path}' cannot be read: {error.Message}", error);
        }
    }

    public override void Dispose() => _file.Dispose();

    protected override int ReadSome(long offset, Span<byte> buffer) => RandomAccess.Read(_file, buffer, offset);
}
