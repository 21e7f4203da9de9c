using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Issues challenges and takes each back once.</summary>
/// <remarks>
/// A challenge carries its time and a MAC, so that one that is never answered costs no memory and nobody can push out another's by asking for
/// many. What is remembered are those that were answered well, which takes a permission and its key; when there are too many of those,
/// no more are taken until some are too old. Thread-safe.
/// </remarks>
internal sealed class PossessionChallenges(TimeProvider time)
{
    public const int Size = 32;

    /// <summary>How many answered challenges are remembered.</summary>
    public const int Capacity = 1 << 16;

    /// <summary>How long a challenge can be answered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private const int Body = 16;
    private const int MacSize = Size - Body;

    private readonly Lock _lock = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly HashSet<UInt128> _used = [];
    private readonly Queue<(long Timestamp, UInt128 Body)> _byAge = [];

    private static ReadOnlySpan<byte> Domain => "oml possession challenge 1"u8;

    public byte[] Create()
    {
        byte[] challenge = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(challenge, time.GetTimestamp());
        RandomNumberGenerator.Fill(challenge.AsSpan(sizeof(long), Body - sizeof(long)));
        WriteMac(challenge, challenge.AsSpan(Body));
        return challenge;
    }

    /// <summary>Takes a challenge back.</summary>
    /// <returns>Null when it is good; else what is wrong with it.</returns>
    public string? TryUse(ReadOnlySpan<byte> challenge)
    {
        Span<byte> mac = stackalloc byte[MacSize];
        WriteMac(challenge, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, challenge[Body..]))
        {
            return "its challenge is not one of this model";
        }

        long issuedAt = BinaryPrimitives.ReadInt64BigEndian(challenge);
        if (time.GetElapsedTime(issuedAt) > Lifetime)
        {
            return $"its challenge is older than {Lifetime.TotalSeconds:0} s";
        }

        UInt128 body = BinaryPrimitives.ReadUInt128BigEndian(challenge);
        lock (_lock)
        {
            // Used in another order than issued, one may stay a little longer than it must.
            while (_byAge.TryPeek(out (long Timestamp, UInt128 Body) oldest) && time.GetElapsedTime(oldest.Timestamp) > Lifetime)
            {
                _used.Remove(_byAge.Dequeue().Body);
            }

            if (_used.Contains(body))
            {
                return "its challenge was answered before";
            }

            if (_used.Count >= Capacity)
            {
                return "too many challenges were answered within a short time; try again later";
            }

            _used.Add(body);
            _byAge.Enqueue((issuedAt, body));
            return null;
        }
    }

    private void WriteMac(ReadOnlySpan<byte> challenge, Span<byte> destination)
    {
        Span<byte> message = stackalloc byte[64];
        Domain.CopyTo(message);
        challenge[..Body].CopyTo(message[Domain.Length..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, message[..(Domain.Length + Body)], mac);
        mac[..MacSize].CopyTo(destination);
    }
}
