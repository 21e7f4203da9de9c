using System.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>The order of a statement's lines: issuer as UTF-8, nonce, model, each byte by byte.</summary>
internal static class StatementOrder
{
    public static int Compare((PermissionKey Permission, ModelId Model) left, (PermissionKey Permission, ModelId Model) right)
    {
        int order = Encoding.UTF8.GetBytes(left.Permission.Issuer).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Permission.Issuer));
        if (order == 0)
        {
            Span<byte> a = stackalloc byte[PermissionNonce.Size + ModelId.Size];
            Span<byte> b = stackalloc byte[PermissionNonce.Size + ModelId.Size];
            Write(left, a);
            Write(right, b);
            order = a.SequenceCompareTo(b);
        }

        return order;
    }

    private static void Write((PermissionKey Permission, ModelId Model) line, Span<byte> bytes)
    {
        line.Permission.Nonce.CopyTo(bytes);
        line.Model.CopyTo(bytes[PermissionNonce.Size..]);
    }
}
