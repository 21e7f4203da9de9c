namespace Oml.Sdk.Tests.Sealing;

/// <summary>Damages a file at random: bits, bytes, ranges, lengths.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] file, Random random)
    {
        byte[] mutant = (byte[])file.Clone();
        int at = random.Next(mutant.Length);
        int length = Math.Min(random.Next(1, 1 << random.Next(1, 15)), mutant.Length - at);
        int other = random.Next(mutant.Length - length + 1);
        switch (random.Next(8))
        {
            case 0:
                mutant[at] ^= (byte)(1 << random.Next(8));
                return mutant;
            case 1:
                mutant[at] = (byte)random.Next(256);
                return mutant;
            case 2:
                random.NextBytes(mutant.AsSpan(at, length));
                return mutant;
            case 3:
                mutant.AsSpan(at, length).Clear();
                return mutant;
            case 4:
                file.AsSpan(other, length).CopyTo(mutant.AsSpan(at));
                return mutant;
            case 5:
                return mutant[..at];
            case 6:
                return [.. mutant.AsSpan(0, at), .. mutant.AsSpan(at + length)];
            default:
                return [.. mutant.AsSpan(0, at), .. mutant.AsSpan(at, length), .. mutant.AsSpan(at)];
        }
    }
}
