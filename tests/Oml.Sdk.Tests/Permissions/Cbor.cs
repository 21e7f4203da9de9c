using System.Text;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Writes CBOR exactly as told, right or wrong: the library's own writer would refuse what these tests need.</summary>
internal static class Cbor
{
    public static readonly byte[] Null = [0xF6];

    public static byte[] Int(Int128 value) => value >= 0 ? Head(0, (ulong)value) : Head(1, (ulong)(-1 - value));

    public static byte[] Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public static byte[] Text(byte[] utf8) => [.. Head(3, (ulong)utf8.Length), .. utf8];

    public static byte[] Bytes(params byte[] value) => [.. Head(2, (ulong)value.Length), .. value];

    public static byte[] Array(params IReadOnlyCollection<byte[]> items) => [.. Head(4, (ulong)items.Count), .. items.SelectMany(item => item)];

    /// <summary>The entries in the order given.</summary>
    public static byte[] Map(params IReadOnlyCollection<(byte[] Key, byte[] Value)> entries) =>
        [.. Head(5, (ulong)entries.Count), .. entries.SelectMany(entry => entry.Key.Concat(entry.Value))];

    public static byte[] Head(int major, ulong value)
    {
        byte top = (byte)(major << 5);
        return value switch
        {
            < 24 => [(byte)(top | (byte)value)],
            <= byte.MaxValue => [(byte)(top | 24), (byte)value],
            <= ushort.MaxValue => [(byte)(top | 25), .. BigEndian(value, 2)],
            <= uint.MaxValue => [(byte)(top | 26), .. BigEndian(value, 4)],
            _ => [(byte)(top | 27), .. BigEndian(value, 8)],
        };
    }

    private static byte[] BigEndian(ulong value, int size)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        System.Array.Reverse(bytes);
        return bytes[^size..];
    }
}
