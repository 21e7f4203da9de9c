namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Where the status of a permission is found: a place in a status list (draft-ietf-oauth-status-list §6).</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StatusReference
{
    /// <summary>The longest <see cref="Uri"/>, in bytes of UTF-8: 512.</summary>
    public const int MaxUriBytes = 512;

    /// <summary>The largest <see cref="Index"/>: 2^24 − 1.</summary>
    public const int MaxIndex = StatusList.MaxSize - 1;

    /// <summary>Refers to a place.</summary>
    /// <param name="uri">The list: 1 to 512 bytes of UTF-8 without control characters. It is what the list's token says that it is.</param>
    /// <param name="index">The place, 0 to 2^24 − 1. Draw it at random, so that it says nothing of when the permission was issued.</param>
    /// <exception cref="ArgumentException">The uri breaks the rule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside that range.</exception>
    public StatusReference(string uri, int index)
    {
        ClaimText.Check(uri, MaxUriBytes, "The uri of a status list", nameof(uri));
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaxIndex);
        Uri = uri;
        Index = index;
    }

    /// <summary>The list.</summary>
    public string Uri { get; }

    /// <summary>The place in it.</summary>
    public int Index { get; }
}
