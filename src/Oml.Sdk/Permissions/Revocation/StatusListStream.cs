namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Reads what somebody else sends, however long it is.</summary>
internal static class StatusListStream
{
    /// <returns>All of it, or null when it is longer than a token may be: what it says of its own length may be wrong.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using MemoryStream token = new();
        byte[] piece = new byte[81920];
        while (await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is var read and not 0)
        {
            if (token.Length + read > StatusListReader.MaxTokenBytes)
            {
                return null;
            }

            token.Write(piece, 0, read);
        }

        return token.ToArray();
    }
}
