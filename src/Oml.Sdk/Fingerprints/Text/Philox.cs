namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Philox4x32-10 (Salmon et al. 2011).</summary>
internal static class Philox
{
    /// <summary>The first of the four numbers of counter (0, 0, <paramref name="subsequence"/>, 0).</summary>
    public static uint First(ulong key, uint subsequence)
    {
        (uint c0, uint c1, uint c2, uint c3) = (0u, 0u, subsequence, 0u);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = 0xd2511f53ul * c0;
            ulong product1 = 0xcd9e8d57ul * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ key1, (uint)product0);
            key0 += 0x9e3779b9;
            key1 += 0xbb67ae85;
        }

        return c0;
    }
}
