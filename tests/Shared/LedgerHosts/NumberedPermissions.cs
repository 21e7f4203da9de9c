using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.LedgerHosts;

/// <summary>Permissions whose nonces are numbers, so that processes can say which they mean.</summary>
internal static class NumberedPermissions
{
    /// <summary>How many units a process reserves at a time that is there to be killed.</summary>
    public const int Block = 8;

    public static DateTimeOffset Until { get; } = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static PermissionKey Key(string issuer, long number)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        BitConverter.TryWriteBytes(nonce, number);
        return new PermissionKey(issuer, new PermissionNonce(nonce));
    }
}
