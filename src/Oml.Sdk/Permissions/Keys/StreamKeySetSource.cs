using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a set from a stream that is opened for every load.</summary>
internal sealed class StreamKeySetSource(Func<CancellationToken, Task<Stream>> open, UnknownKeyHandling unknownKeys) : IIssuerKeySetSource
{
    private const int FirstBytes = 8192;

    public async ValueTask<IssuerKeySet> LoadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Stream stream = await open(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[FirstBytes];
            int length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read and not 0)
            {
                length += read;
                if (length > IssuerKeySet.MaxBytes)
                {
                    throw new CryptographicException($"The set of keys is longer than {IssuerKeySet.MaxBytes} bytes.");
                }

                if (length == buffer.Length)
                {
                    // One byte more than is allowed, to see that there is one.
                    Array.Resize(ref buffer, Math.Min(2 * buffer.Length, IssuerKeySet.MaxBytes + 1));
                }
            }

            return IssuerKeySet.Import(buffer.AsSpan(0, length), unknownKeys);
        }
    }
}
