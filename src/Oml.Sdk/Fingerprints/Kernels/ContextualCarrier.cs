using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Which elements of a row have signs that follow its context, and which signs (docs/spec/fingerprint.md §14). Thread-safe.</summary>
/// <remarks>Which elements they are is a secret of the licensee's key, and the same in every row.</remarks>
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
        _choice = GC.AllocateUninitializedArray<byte>(RowSigns.Length(rowLength), pinned: true);
        for (int start = 0; start < _choice.Length; start += IAesBlocks.Bytes)
        {
            FillChoice(start, _choice.AsSpan(start, IAesBlocks.Bytes));
        }
    }

    /// <summary>A share in 256ths, at least one.</summary>
    public static int ThresholdOf(double share) => Math.Clamp((int)Math.Round(256 * share), 1, 256);

    public void Dispose()
    {
        _schedule[0].Clear();
        CryptographicOperations.ZeroMemory(_choice);
    }

    /// <summary>The key of all contexts.</summary>
    public ref readonly AesKeySchedule Key => ref _schedule[0];

    /// <summary>The choice for the length that was expected, in whole groups of blocks: a bit that is set where an element follows the context.</summary>
    public ReadOnlySpan<byte> Choice => _choice;

    /// <summary>The choice for the elements of eight blocks of signs anywhere in a row.</summary>
    /// <param name="start">Where their signs begin, in bytes.</param>
    /// <param name="choice"><see cref="IAesBlocks.Bytes"/> bytes.</param>
    public void FillChoice(int start, Span<byte> choice) => FillChoice(in _schedule[0], _threshold, start, choice);

    /// <summary>Eight blocks of the signs of a context.</summary>
    /// <param name="key">The key of all contexts.</param>
    /// <param name="context">The context.</param>
    /// <param name="block">The index of the first block: a multiple of eight.</param>
    /// <param name="destination"><see cref="IAesBlocks.Bytes"/> bytes.</param>
    public static void FillContext(ref readonly AesKeySchedule key, ulong context, ulong block, Span<byte> destination)
    {
        key.WithNonce(context, out AesKeySchedule own);
        CarrierKeystream.Fill(in own, block, destination, KernelDispatch.Aes);
        own.Clear();
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

        CryptographicOperations.ZeroMemory(numbers);
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
}
