namespace Oml.Sdk.Fuzzing;

/// <summary>Makes new inputs of old ones. Repeats itself for the same seed.</summary>
internal sealed class Mutator(Random random)
{
    private const int LongestInput = 64 * 1024;

    private static readonly byte[] Interesting = [0x00, 0x01, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1f, 0x40, 0x5b, 0x5f, 0x7f, 0x80, 0x9b, 0x9f, 0xa0, 0xbb, 0xbf, 0xc2, 0xd8, 0xf7, 0xfb, 0xff];

    public byte[] Mutate(IReadOnlyList<byte[]> inputs)
    {
        List<byte> bytes = [.. inputs[random.Next(inputs.Count)]];
        for (int changes = 1 << random.Next(5); changes > 0; changes--)
        {
            Change(bytes, inputs);
        }

        return bytes.Count > LongestInput ? [.. bytes[..LongestInput]] : [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> inputs)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        int at = random.Next(bytes.Count);
        int length = Math.Min(1 + random.Next(32), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 3:
                bytes[at] = (byte)(bytes[at] + random.Next(-3, 4));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6:
                // A length, as CBOR and protobuf write them, of whatever size.
                byte[] number = BitConverter.GetBytes(random.NextInt64() >> random.Next(64));
                bytes.InsertRange(at, [Interesting[random.Next(Interesting.Length)], .. number[..random.Next(9)]]);
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                byte[] other = inputs[random.Next(inputs.Count)];
                int start = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[start..Math.Min(other.Length, start + length)]);
                break;
        }
    }
}
