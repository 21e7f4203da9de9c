using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The signs of rows of which a share follows their context and the rest the static carrier (docs/spec/fingerprint.md §14). Thread-safe.</summary>
/// <remarks>Which elements follow the context is a secret of the licensee's key, and the same in every row.</remarks>
internal sealed class ContextualCarrier : IDisposable
{
    // Contexts have 63 bits, so no context makes the blocks of the choice.
    private const ulong ChoiceNonce = ulong.MaxValue;

    private readonly AesKeySchedule[] _schedule = GC.AllocateArray<AesKeySchedule>(1, pinned: true);
    private readonly byte[] _choice;
    private readonly int _threshold;

    /// <param name="key">The licensee's key; what is needed of it is copied.</param>
    /// <param name="rowLength">The length of the rows to come, for which the choice is made now.</param>
    /// <param name="share">The share of the elements that follow the context.</param>
    public ContextualCarrier(CarrierKey key, int rowLength, double share)
    {
        key.ExpandContextual(out _schedule[0]);
        _threshold = ThresholdOf(share);
        _choice = GC.AllocateUninitializedArray<byte>(SignBytes(rowLength), pinned: true);
        FillChoice(_choice);
    }

    /// <summary>How many bytes hold the signs of a row, in whole groups of blocks.</summary>
    public static int SignBytes(int rowLength) =>
        (rowLength + (IAesBlocks.Bytes * 8) - 1) / (IAesBlocks.Bytes * 8) * IAesBlocks.Bytes;

    /// <summary>A share in 256ths, at least one.</summary>
    public static int ThresholdOf(double share) => Math.Clamp((int)Math.Round(256 * share), 1, 256);

    public void Dispose()
    {
        _schedule[0].Clear();
        CryptographicOperations.ZeroMemory(_choice);
    }

    /// <summary>The signs of a row.</summary>
    /// <param name="staticKey">The key of the static carrier.</param>
    /// <param name="context">The row's context.</param>
    /// <param name="signs"><see cref="SignBytes"/> bytes.</param>
    public void Fill(ref readonly AesKeySchedule staticKey, ulong context, Span<byte> signs)
    {
        CarrierKeystream.Fill(in staticKey, 0, signs, KernelDispatch.Aes);
        Span<byte> own = stackalloc byte[IAesBlocks.Bytes];
        Span<byte> choice = stackalloc byte[IAesBlocks.Bytes];
        for (int start = 0; start < signs.Length; start += IAesBlocks.Bytes)
        {
            FillContext(in _schedule[0], context, (ulong)start / 16, own);
            ReadOnlySpan<byte> which = choice;
            if (start < _choice.Length)
            {
                which = _choice.AsSpan(start, IAesBlocks.Bytes);
            }
            else
            {
                FillChoice(in _schedule[0], _threshold, start, choice);
            }

            Span<byte> group = signs.Slice(start, IAesBlocks.Bytes);
            for (int i = 0; i < IAesBlocks.Bytes; i += Vector128<byte>.Count)
            {
                Vector128.ConditionalSelect(Vector128.Create(which[i..]), Vector128.Create<byte>(own[i..]), Vector128.Create<byte>(group[i..]))
                    .CopyTo(group[i..]);
            }
        }
    }

    /// <summary>Eight blocks of the signs of a context.</summary>
    public static void FillContext(ref readonly AesKeySchedule key, ulong context, ulong block, Span<byte> destination)
    {
        for (int i = 0; i < IAesBlocks.Blocks; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[(16 * i)..], context);
            BinaryPrimitives.WriteUInt64BigEndian(destination[((16 * i) + 8)..], block + (ulong)i);
        }

        AesBatch.Encrypt(in key, destination, KernelDispatch.Aes);
    }

    /// <summary>For the elements of eight blocks of signs, a bit that is set where they follow the context.</summary>
    public static void FillChoice(ref readonly AesKeySchedule key, int threshold, int start, Span<byte> choice)
    {
        Span<byte> numbers = stackalloc byte[IAesBlocks.Bytes];
        int perCall = IAesBlocks.Bytes / 8;
        for (int i = 0; i < choice.Length; i += perCall)
        {
            FillContext(in key, ChoiceNonce, (ulong)(start + i) / 2, numbers);
            for (int j = 0; j < perCall; j++)
            {
                choice[i + j] = Below(numbers.Slice(8 * j, 8), threshold);
            }
        }
    }

    private static byte Below(ReadOnlySpan<byte> numbers, int threshold)
    {
        int bits = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            bits |= (numbers[i] < threshold ? 1 : 0) << i;
        }

        return (byte)bits;
    }

    private void FillChoice(Span<byte> choice)
    {
        for (int start = 0; start < choice.Length; start += IAesBlocks.Bytes)
        {
            FillChoice(in _schedule[0], _threshold, start, choice.Slice(start, IAesBlocks.Bytes));
        }
    }
}
