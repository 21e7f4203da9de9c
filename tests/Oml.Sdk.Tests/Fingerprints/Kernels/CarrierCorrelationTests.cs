using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class CarrierCorrelationTests
{
    [Fact]
    public void Every_width_adds_up_what_the_scalar_sum_does()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(6);
        byte[] keystream = new byte[1024];
        CarrierKeystream.Fill(in key, 0, keystream, KernelDispatch.Aes);
        Random random = new(1);
        foreach (int length in Enumerable.Range(1, 70).Concat([1000, 1023, 1024, 1025, 3000]))
        {
            double[] residual = [.. Enumerable.Range(0, length).Select(_ => FingerprintTestData.Normal(random))];
            double expected = 0;
            for (int i = 0; i < length; i++)
            {
                expected += ((keystream[i / 8] >> (i % 8)) & 1) == 0 ? residual[i] : -residual[i];
            }

            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                CarrierCorrelation.Inner(residual, in key, width, KernelDispatch.Aes).Should().BeApproximately(expected, 1e-10);
            }
        }
    }
}
