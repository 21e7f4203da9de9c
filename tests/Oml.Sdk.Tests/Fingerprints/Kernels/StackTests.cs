using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

/// <summary>Signs, and what would show them beside a marked row, do not stay on the stack of whoever marked.</summary>
public sealed class StackTests : IDisposable
{
    private const int Depth = 32 * 1024;

    // More than a call keeps of a secret in the places of its registers.
    private const int Stretch = 48;

    private static readonly byte[] KeyBytes = [.. Enumerable.Range(0, CarrierKey.Size).Select(i => (byte)(11 * i))];

    private readonly CarrierKey _key = CarrierKey.Import(KeyBytes);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_a_buffer_holds_is_found_until_it_is_cleared()
    {
        byte[] secret = RandomBytes(64);
        IsLeft(() => Hold(secret, isCleared: false), secret).Should().BeTrue();
        IsLeft(() => Hold(secret, isCleared: true), secret).Should().BeFalse();
    }

    [Fact]
    public void The_numbers_that_choose_who_follows_the_context_do_not_stay()
    {
        _key.ExpandContextual(out AesKeySchedule schedule);
        byte[] numbers = new byte[IAesBlocks.Bytes];
        ContextualCarrier.FillContext(in schedule, ulong.MaxValue, 0, numbers);
        byte[] choice = new byte[IAesBlocks.Bytes / 8];

        IsLeft(() => ContextualCarrier.FillChoice(in schedule, 128, 0, choice), numbers).Should().BeFalse();
    }

    [Fact]
    public void The_signs_of_values_do_not_stay()
    {
        const float value = 1.2345f;
        _key.ExpandContextual(out AesKeySchedule schedule);
        byte[] bits = new byte[IAesBlocks.Bytes];
        int bucket = ValueSigns.BucketOf(value);
        ValueSigns.Fill(in schedule, 0, bucket - (bucket % (8 * IAesBlocks.Bytes)), bits);
        using ValueSigns signs = new(_key);
        float[] sample = [value];

        IsLeft(() =>
        {
            sample[0] = value;
            signs.Mark(sample, 0.01f);
        }, bits).Should().BeFalse();
    }

    [Fact]
    public void The_coin_of_a_close_call_does_not_stay()
    {
        CloseCall call = new(3, 1, 2);
        _key.ExpandContextual(out AesKeySchedule schedule);
        byte[] blocks = new byte[IAesBlocks.Bytes];
        ContextualCarrier.FillContext(in schedule, call.Context, 0, blocks);

        IsLeft(() => call.Coin(in schedule), blocks).Should().BeFalse();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void Signs_that_are_made_while_logits_are_marked_do_not_stay(int length)
    {
        _key.ExpandStatic(out AesKeySchedule schedule);
        float[] clean = FingerprintTestData.Row(new Random(1), length);
        byte[] stream = new byte[RowSigns.Length(CarrierLayout.StreamLength(length))];
        CarrierKeystream.Fill(in schedule, 0, stream, AesEngine.Software);
        int last = CarrierLayout.IsByClass(length) ? CarrierLayout.OffsetOf(clean) : length - 1;
        int offset = last / 8 / IAesBlocks.Bytes * IAesBlocks.Bytes;
        float[] row = new float[length];

        IsLeft(() =>
        {
            clean.CopyTo(row, 0);
            LogitRows.Mark(row, length, in schedule, default, 0.05f, refuseNonFinite: true);
        }, stream[offset..(offset + IAesBlocks.Bytes)]).Should().BeFalse();
    }

    [Fact]
    public void The_end_of_a_clean_row_does_not_stay()
    {
        float[] row = FingerprintTestData.Row(new Random(2), 15);
        byte[] signs = new byte[2 + LogitRows.Slack];

        IsLeft(() => SignedSums.Of<SignedSums.Squares>(row, signs), MemoryMarshal.AsBytes(row.AsSpan()).ToArray()).Should().BeFalse();
    }

    [Fact]
    public void Values_that_were_not_rounded_to_halves_yet_do_not_stay()
    {
        Half[] clean = [.. FingerprintTestData.Row(new Random(3), 100).Select(x => (Half)x)];
        float[] marked = Array.ConvertAll(clean, x => (float)x);
        using ValueSigns signs = new(_key);
        signs.Mark(marked, 0.01f);
        using RelativeFingerprintEmbedder embedder = new(_key, 100, 0.01f, classAxis: null, refuseNonFinite: true);
        Half[] row = new Half[100];
        OutputTensor output = OutputTensor.Create("y", row, 1, 100);

        IsLeft(() =>
        {
            clean.CopyTo(row, 0);
            embedder.Embed(output);
        }, MemoryMarshal.AsBytes(marked.AsSpan()).ToArray()).Should().BeFalse();
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    // The first time all is compiled, which would write over the stack.
    private static bool IsLeft(Action act, byte[] secret)
    {
        byte[] stack = new byte[Depth];
        for (int i = 0; i < 2; i++)
        {
            Wipe();
            act();
            Read(stack);
        }

        return Enumerable.Range(0, secret.Length - Stretch + 1).Any(i => stack.AsSpan().IndexOf(secret.AsSpan(i, Stretch)) >= 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(byte[] secret, bool isCleared)
    {
        Span<byte> buffer = stackalloc byte[64];
        secret.CopyTo(buffer);
        if (isCleared)
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(buffer);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wipe()
    {
        Span<byte> stack = stackalloc byte[Depth];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(stack);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static void Read(byte[] destination)
    {
        Span<byte> stack = stackalloc byte[Depth];
        stack.CopyTo(destination);
    }
}
