using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class GreenBytesTests
{
    [Fact]
    public void Every_width_adds_to_the_same_logits_the_same()
    {
        Random random = new(1);
        for (int length = 0; length <= 130; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            float[] logits = FingerprintTestData.Row(random, length);
            float[] expected = [.. logits.Select((z, i) => bytes[i] < 200 ? z + 1.5f : z)];
            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                float[] changed = [.. logits];

                GreenBytes.AddBias(changed, bytes, 200, 1.5f, width);

                FingerprintTestData.Bits(changed).Should().Equal(FingerprintTestData.Bits(expected), "{0} logits at {1}", length, width);
            }
        }
    }
}
