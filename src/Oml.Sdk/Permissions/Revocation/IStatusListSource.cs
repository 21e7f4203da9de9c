namespace Oml.Sdk.Permissions.Revocation;

/// <summary>The seam that finds status lists: on the web, in a file, in a database.</summary>
/// <remarks>
/// <b>Threads</b>: any number of callers at once; a list is asked for by one caller at a time. <b>Errors</b>: whatever is thrown counts as a
/// list that cannot be had. What is returned need not be trustworthy: its signature is verified.
/// </remarks>
public interface IStatusListSource
{
    /// <summary>Finds a list.</summary>
    /// <param name="uri">What the permission calls it; a trusted issuer signed it.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Its token.</returns>
    ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default);
}
