namespace Oml.Sdk.Sealing.Storage;

/// <summary>The bytes of a sealed model, read at any place by any number of threads.</summary>
internal abstract class SealedStorage(string name) : IDisposable
{
    /// <summary>What errors call it.</summary>
    public string Name { get; } = name;

    public abstract long Length { get; }

    /// <summary>Reads exactly as many bytes as there is room for.</summary>
    /// <exception cref="SealedModelException">There are fewer, or they cannot be read.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int read = ReadSome(offset, buffer);
                if (read == 0)
                {
                    throw new SealedModelException(
                        SealedModelFailure.Truncated, $"The sealed model '{Name}' ended at byte {offset} while it was read.");
                }

                offset += read;
                buffer = buffer[read..];
            }
        }
        catch (IOException error)
        {
            throw new SealedModelException(
                SealedModelFailure.Unreadable, $"The sealed model '{Name}' cannot be read at byte {offset}: {error.Message}", error);
        }
    }

    public abstract void Dispose();

    protected abstract int ReadSome(long offset, Span<byte> buffer);
}
