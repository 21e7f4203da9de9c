namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Reads status lists from files, for machines that are not on a network: somebody brings newer ones now and then.</summary>
/// <param name="pathOf">The path for a uri, or null where there is none.</param>
public sealed class FileStatusListSource(Func<string, string?> pathOf) : IStatusListSource
{
    private readonly Func<string, string?> _pathOf = pathOf ?? throw new ArgumentNullException(nameof(pathOf));

    /// <inheritdoc/>
    /// <exception cref="IOException">There is no such file, or it cannot be read or is too large.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        string path = _pathOf(uri) ?? throw new FileNotFoundException($"There is no file for the status list {DenialText.Quote(uri)}.");
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            return await StatusListStream.ReadAsync(file, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"The status list '{path}' is longer than {StatusListReader.MaxTokenBytes} bytes.");
        }
    }
}
