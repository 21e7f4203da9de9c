namespace Oml.Sdk.Permissions.Revocation;

/// <summary>The claims and members of a status list token (draft-ietf-oauth-status-list §5.2, §4.3).</summary>
internal static class StatusListLabel
{
    public const int Subject = 2;
    public const int ExpirationTime = 4;
    public const int IssuedAt = 6;
    public const int StatusList = 65533;
    public const int TimeToLive = 65534;
    public const string Bits = "bits";
    public const string List = "lst";

    /// <summary>The media type in <c>typ</c>.</summary>
    public static ReadOnlySpan<byte> Type => "application/statuslist+cwt"u8;
}
