using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Signs that a value chooses by itself, for samples of too few places (docs/spec/fingerprint.md §13). Thread-safe.</summary>
internal sealed class ValueSigns : IDisposable
{
    // Contexts have bit 63 clear, and the choice of the contextual carrier has all bits set; a place is less than 128.
    private const ulong Domain = 3ul << 62;

    // Sign, exponent and 10 bits of the mantissa: about three digits.
    private const int DroppedBits = 13;

    private readonly AesKeySchedule[] _schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);

    public ValueSigns(CarrierKey key) => key.ExpandContextual(out _schedule[0]);

    /// <summary>Which of the signs of its place a value has.</summary>
    public static int BucketOf(float value) => (int)(BitConverter.SingleToUInt32Bits(value) >> DroppedBits);

    /// <summary>The signs of 1,024 buckets of a place.</summary>
    public static void Fill(ref readonly AesKeySchedule key, int place, int firstBucket, Span<byte> signs) =>
        ContextualCarrier.FillContext(in key, Domain | (uint)place, (ulong)firstBucket / CarrierLayout.BlockElements, signs);

    public void Dispose() => _schedule[0].Clear();

    /// <summary>Multiplies each value by 1 + error or 1 − error.</summary>
    public void Mark(Span<float> sample, float error)
    {
        Span<byte> signs = stackalloc byte[IAesBlocks.Bytes];
        for (int i = 0; i < sample.Length; i++)
        {
            int bucket = BucketOf(sample[i]);
            int within = bucket % (8 * IAesBlocks.Bytes);
            Fill(in _schedule[0], i, bucket - within, signs);
            bool isMinus = ((signs[within >> 3] >> (within & 7)) & 1) != 0;
            sample[i] *= isMinus ? 1 - error : 1 + error;
        }

        CryptographicOperations.ZeroMemory(signs);
    }
}
