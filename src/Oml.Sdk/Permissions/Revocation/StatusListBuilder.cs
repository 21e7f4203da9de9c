using System.Formats.Cbor;
using System.IO.Compression;

namespace Oml.Sdk.Permissions.Revocation;

/// <summary>The publisher's side of revocation: the status of every permission of one list, and the signed token to publish.</summary>
/// <remarks>
/// <para>A list starts with every place valid. Publish its token where its uri says, and again before it ends, with
/// whatever has changed; who has permissions only fetches it, so the publisher does not learn which one is used.</para>
/// <para>Not thread-safe. Keep <see cref="ToArray"/> and give it back to the constructor to go on later.</para>
/// </remarks>
public sealed class StatusListBuilder
{
    /// <summary>The most places of a list: 2^24.</summary>
    public const int MaxSize = StatusList.MaxSize;

    // Two bits a place: valid, revoked, suspended.
    private const int Bits = 2;
    private const int PerByte = 8 / Bits;

    private readonly byte[] _values;

    /// <summary>Starts a list in which every place is valid.</summary>
    /// <param name="uri">What permissions call it: 1 to 512 bytes of UTF-8 without control characters.</param>
    /// <param name="size">How many places it has at least, 1 to 2^24. More than there are permissions hides how many there are.</param>
    /// <exception cref="ArgumentException">The uri breaks the rule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside that range.</exception>
    public StatusListBuilder(string uri, int size)
    {
        ClaimText.Check(uri, StatusReference.MaxUriBytes, "The uri of a status list", nameof(uri));
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        Uri = uri;
        _values = new byte[(size + PerByte - 1) / PerByte];
    }

    /// <summary>Goes on with a list.</summary>
    /// <param name="uri">What permissions call it.</param>
    /// <param name="values">What <see cref="ToArray"/> gave.</param>
    /// <exception cref="ArgumentException">The uri breaks the rule, or there are no values, or more than 2^22 bytes.</exception>
    public StatusListBuilder(string uri, ReadOnlySpan<byte> values)
        : this(uri, CheckedSize(values)) => values.CopyTo(_values);

    /// <summary>What permissions call the list.</summary>
    public string Uri { get; }

    /// <summary>How many places it has.</summary>
    public int Size => _values.Length * PerByte;

    /// <summary>The status at a place.</summary>
    /// <param name="index">0 to <see cref="Size"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place, or no such status.</exception>
    public PermissionStatus this[int index]
    {
        get
        {
            Check(index);
            return (PermissionStatus)((_values[index / PerByte] >> (index % PerByte * Bits)) & 3);
        }

        set
        {
            Check(index);
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "There is no such status.");
            }

            int shift = index % PerByte * Bits;
            _values[index / PerByte] = (byte)((_values[index / PerByte] & ~(3 << shift)) | ((int)value << shift));
        }
    }

    /// <summary>The places, two bits each, to keep.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray() => [.. _values];

    /// <summary>Makes the token to publish.</summary>
    /// <param name="issuer">The issuer of the permissions, or another one whose key is trusted under the same name.</param>
    /// <param name="lifetime">How long it may be used: after that, its permissions are refused until there is a newer one. At least a second.</param>
    /// <param name="ttl">After what time to look for a newer one, at least a second; null for after a tenth of the lifetime.</param>
    /// <returns>The token, a COSE_Sign1 with <c>typ</c> <c>application/statuslist+cwt</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A time is too short.</exception>
    /// <exception cref="ObjectDisposedException">The issuer was disposed.</exception>
    public byte[] Sign(PermissionIssuer issuer, TimeSpan lifetime, TimeSpan? ttl = null)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        TimeSpan refresh = ttl ?? TimeSpan.FromSeconds(Math.Max(1, lifetime.TotalSeconds / 10));
        ArgumentOutOfRangeException.ThrowIfLessThan(refresh, TimeSpan.FromSeconds(1), nameof(ttl));
        long now = issuer.Time.GetUtcNow().ToUnixTimeSeconds();
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        writer.WriteInt32(StatusListLabel.Subject);
        writer.WriteTextString(Uri);
        writer.WriteInt32(StatusListLabel.ExpirationTime);
        writer.WriteInt64(Math.Min(now + (long)Math.Min(lifetime.TotalSeconds, PermissionLimits.MaxUnixSeconds), PermissionLimits.MaxUnixSeconds));
        writer.WriteInt32(StatusListLabel.IssuedAt);
        writer.WriteInt64(now);
        writer.WriteInt32(StatusListLabel.StatusList);
        writer.WriteStartMap(2);
        writer.WriteTextString(StatusListLabel.List);
        writer.WriteByteString(Deflate());
        writer.WriteTextString(StatusListLabel.Bits);
        writer.WriteInt32(Bits);
        writer.WriteEndMap();
        writer.WriteInt32(StatusListLabel.TimeToLive);
        writer.WriteInt64((long)Math.Min(refresh.TotalSeconds, PermissionLimits.MaxUnixSeconds));
        writer.WriteEndMap();
        return issuer.SignMessage(StatusListLabel.Type, writer.Encode());
    }

    private static int CheckedSize(ReadOnlySpan<byte> values) => values.Length is >= 1 and <= MaxSize / PerByte
        ? values.Length * PerByte
        : throw new ArgumentException($"A list has 1 to {MaxSize / PerByte} bytes; got {values.Length}.", nameof(values));

    private byte[] Deflate()
    {
        using MemoryStream compressed = new();
        using (ZLibStream target = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            target.Write(_values);
        }

        return compressed.ToArray();
    }

    private void Check(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
    }
}
