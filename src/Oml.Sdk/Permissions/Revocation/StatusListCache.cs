using System.Collections.Concurrent;

namespace Oml.Sdk.Permissions.Revocation;

/// <summary>The status lists that permissions name: fetched when they are needed, by one caller however many wait, and kept. Thread-safe.</summary>
internal sealed class StatusListCache(
    IStatusListSource source, StatusListOptions options, IssuerKeyRing ring, TimeSpan clockSkew, TimeProvider time)
{
    // Only trusted issuers name lists, and they have a few; more at a time than this is a mistake.
    private const int MaxLists = 256;

    private readonly ConcurrentDictionary<(string Issuer, string Uri), CachedStatusList> _lists = new();

    /// <summary>How often a session looks at them.</summary>
    public TimeSpan SessionInterval => options.SessionInterval;

    /// <summary>Why a permission is refused, or null.</summary>
    /// <param name="permission">A permission with a status.</param>
    /// <param name="cancellationToken">Stops the wait for a list.</param>
    public async ValueTask<PermissionVerification?> CheckAsync(Permission permission, CancellationToken cancellationToken)
    {
        StatusReference reference = permission.Status!;
        (string, string) key = (permission.Issuer, reference.Uri);
        if (!_lists.TryGetValue(key, out CachedStatusList? cached))
        {
            if (_lists.Count >= MaxLists)
            {
                return StatusChecks.Unknown(permission, $"more than {MaxLists} lists are in use");
            }

            cached = _lists.GetOrAdd(key, _ => new CachedStatusList(
                reference.Uri, source, new StatusListKeys(permission.Issuer, ring, time, clockSkew), options, time));
        }

        (StatusList? list, string? problem) = await cached.GetAsync(cancellationToken).ConfigureAwait(false);
        return list is null ? StatusChecks.Unknown(permission, problem!) : StatusChecks.Of(permission, list);
    }
}
