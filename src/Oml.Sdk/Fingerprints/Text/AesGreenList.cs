using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Colours from AES: one key turns the context into a seed, another the seed into a byte for every token.</summary>
internal sealed class AesGreenList : IGreenList
{
    private const int BlockSize = 16;

    // Bytes that are made at a time: enough for a call to be worth it, few enough to stay in the nearest cache.
    private const int Chunk = 8 * IAesBlocks.Bytes;

    private readonly KgwSettings _settings;
    private readonly AesEngine _engine;
    private AesKeySchedule _seeding;
    private AesKeySchedule _colouring;

    public AesGreenList(ReadOnlySpan<byte> textKey, KgwSettings settings, AesEngine engine)
    {
        _settings = settings;
        _engine = engine;
        Span<byte> keys = stackalloc byte[2 * AesKeySchedule.KeySize];
        try
        {
            TextKey.Expand(textKey, "oml/text/kgw-aes/v1"u8, keys);
            AesKeySchedule.Expand(keys[..AesKeySchedule.KeySize], out _seeding);
            AesKeySchedule.Expand(keys[AesKeySchedule.KeySize..], out _colouring);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    public bool IsNumberKeyed => false;

    public void Bias(Span<float> logits, ReadOnlySpan<int> context)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        blocks.Clear();
        WriteContext(blocks, context);
        AesBatch.Encrypt(in _seeding, blocks, _engine);

        // AES adds its first key to the block, so the seed can be added to that key once; what is left of the blocks is a counter.
        AesKeySchedule colouring = _colouring;
        colouring[0] ^= Vector128.CreateScalar(MemoryMarshal.Read<ulong>(blocks)).AsByte();
        try
        {
            AddBias(logits, in colouring);
        }
        finally
        {
            colouring.Clear();
        }
    }

    public void Seeds(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<ulong> seeds)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        blocks.Clear();
        for (int done = 0; done < starts.Length; done += IAesBlocks.Blocks)
        {
            int count = Math.Min(IAesBlocks.Blocks, starts.Length - done);
            for (int i = 0; i < count; i++)
            {
                WriteContext(blocks[(i * BlockSize)..], tokens.Slice(starts[done + i], _settings.ContextWidth));
            }

            AesBatch.Encrypt(in _seeding, blocks, _engine);
            for (int i = 0; i < count; i++)
            {
                seeds[done + i] = BinaryPrimitives.ReadUInt64BigEndian(blocks[(i * BlockSize)..]);
            }
        }
    }

    public void FreeBits(ReadOnlySpan<int> tokens, ReadOnlySpan<int> starts, Span<byte> freeBits) => freeBits.Clear();

    public int CountGreen(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> targets, CancellationToken cancellationToken)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        blocks.Clear();
        int green = 0;
        for (int done = 0; done < targets.Length; done += IAesBlocks.Blocks)
        {
            int count = Math.Min(IAesBlocks.Blocks, targets.Length - done);
            for (int i = 0; i < count; i++)
            {
                WriteCounter(blocks[(i * BlockSize)..], seeds[done + i], targets[done + i]);
            }

            AesBatch.Encrypt(in _colouring, blocks, _engine);
            for (int i = 0; i < count; i++)
            {
                green += blocks[(i * BlockSize) + (targets[done + i] % BlockSize)] < _settings.GreenThreshold ? 1 : 0;
            }
        }

        return green;
    }

    public void Dispose()
    {
        _seeding.Clear();
        _colouring.Clear();
    }

    private void AddBias(Span<float> logits, ref readonly AesKeySchedule colouring)
    {
        Span<byte> bytes = stackalloc byte[Chunk];
        for (int start = 0; start < logits.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, logits.Length - start);
            int whole = (count + IAesBlocks.Bytes - 1) / IAesBlocks.Bytes * IAesBlocks.Bytes;
            CarrierKeystream.Fill(in colouring, (ulong)(start / BlockSize), bytes[..whole], _engine);
            GreenBytes.AddBias(logits.Slice(start, count), bytes, _settings.GreenThreshold, _settings.Bias, KernelDispatch.Widest);
        }
    }

    // Tokens are not negative, so a narrower context is never taken for a wider one.
    private static void WriteContext(Span<byte> block, ReadOnlySpan<int> context)
    {
        int padding = BlockSize - (context.Length * sizeof(int));
        block[..padding].Fill(0xff);
        for (int i = 0; i < context.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(block[(padding + (i * sizeof(int)))..], context[i]);
        }
    }

    private static void WriteCounter(Span<byte> block, ulong seed, int token)
    {
        BinaryPrimitives.WriteUInt64BigEndian(block, seed);
        BinaryPrimitives.WriteUInt64BigEndian(block[sizeof(ulong)..], (ulong)(token / BlockSize));
    }
}
