namespace Oml.Sdk.Permissions;

/// <summary>Makes sources of issuers' keys.</summary>
public static class IssuerKeySetSource
{
    /// <summary>Reads a file, in whichever form <see cref="IssuerKeySet.Import"/> reads.</summary>
    /// <param name="path">The file. Replace it by renaming another one over it: a file that is half written is refused, and read again later.</param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here.</param>
    /// <returns>The source; it has nothing to dispose.</returns>
    public static IIssuerKeySetSource FromFile(string path, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new StreamKeySetSource(
            _ => Task.FromResult<Stream>(new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous)),
            unknownKeys);
    }

    /// <summary>
    /// Reads a stream, in whichever form <see cref="IssuerKeySet.Import"/> reads. For a web server:
    /// <c>FromStream(token => http.GetStreamAsync("https://…/keys.json", token))</c>.
    /// </summary>
    /// <param name="open">
    /// Opens the stream, which the source disposes; at most <see cref="IssuerKeySet.MaxBytes"/> are read of it. Whatever it throws counts as a load that failed.
    /// </param>
    /// <param name="unknownKeys">What happens to keys that cannot be used here.</param>
    /// <returns>The source; it has nothing to dispose.</returns>
    public static IIssuerKeySetSource FromStream(
        Func<CancellationToken, Task<Stream>> open, UnknownKeyHandling unknownKeys = UnknownKeyHandling.Ignore)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new StreamKeySetSource(open, unknownKeys);
    }
}
