using System.Buffers.Binary;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>g-values from AES: one key turns the context into a seed, another the seed and a token into a coin for every layer at once.</summary>
/// <remarks>
/// The seed is a CBC-MAC of the tokens before. It begins with their number, so that none of the messages begins another, which is what a
/// CBC-MAC needs to be a pseudo-random function.
/// </remarks>
internal sealed class AesCoins : ISynthIdCoins
{
    private const int BlockSize = 16;
    private const int WordsOfBlock = BlockSize / sizeof(int);

    private readonly AesEngine _engine;
    private readonly int _contextBlocks;
    private AesKeySchedule _seeding;
    private AesKeySchedule _tossing;

    public AesCoins(ReadOnlySpan<byte> textKey, SynthIdSettings settings, AesEngine engine)
    {
        _engine = engine;
        _contextBlocks = (1 + settings.Previous + WordsOfBlock - 1) / WordsOfBlock;
        Span<byte> keys = stackalloc byte[2 * AesKeySchedule.KeySize];
        try
        {
            TextKey.Expand(textKey, "oml/text/synthid-aes/v1"u8, keys);
            AesKeySchedule.Expand(keys[..AesKeySchedule.KeySize], out _seeding);
            AesKeySchedule.Expand(keys[AesKeySchedule.KeySize..], out _tossing);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    public void OfCandidates(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<ulong> bits)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        blocks.Clear();
        for (int block = 0; block < _contextBlocks; block++)
        {
            Absorb(blocks[..BlockSize], context, block);
            AesBatch.Encrypt(in _seeding, blocks, _engine);
        }

        ulong seed = BinaryPrimitives.ReadUInt64BigEndian(blocks);
        for (int done = 0; done < candidates.Length; done += IAesBlocks.Blocks)
        {
            int count = Math.Min(IAesBlocks.Blocks, candidates.Length - done);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(blocks[(i * BlockSize)..], seed);
            }

            Toss(blocks, candidates.Slice(done, count), bits[done..]);
        }
    }

    public void OfWindows(SynthIdWindows windows, Span<ulong> bits)
    {
        Span<byte> blocks = stackalloc byte[IAesBlocks.Bytes];
        Span<int> targets = stackalloc int[IAesBlocks.Blocks];
        for (int done = 0; done < windows.Count; done += IAesBlocks.Blocks)
        {
            int count = Math.Min(IAesBlocks.Blocks, windows.Count - done);
            blocks.Clear();
            for (int block = 0; block < _contextBlocks; block++)
            {
                for (int i = 0; i < count; i++)
                {
                    Absorb(blocks.Slice(i * BlockSize, BlockSize), windows.Context(done + i), block);
                }

                AesBatch.Encrypt(in _seeding, blocks, _engine);
            }

            for (int i = 0; i < count; i++)
            {
                targets[i] = windows.Target(done + i);
            }

            Toss(blocks, targets[..count], bits[done..]);
        }
    }

    public void Dispose()
    {
        _seeding.Clear();
        _tossing.Clear();
    }

    // The message is the number of tokens, the tokens, oldest first, and zeros up to whole blocks; 4 bytes each, big endian.
    private static void Absorb(Span<byte> state, ReadOnlySpan<int> context, int block)
    {
        for (int word = 0; word < WordsOfBlock; word++)
        {
            int place = (block * WordsOfBlock) + word - 1;
            int value = place < 0 ? context.Length : place < context.Length ? context[place] : 0;
            Span<byte> bytes = state[(word * sizeof(int))..];
            BinaryPrimitives.WriteInt32BigEndian(bytes, BinaryPrimitives.ReadInt32BigEndian(bytes) ^ value);
        }
    }

    // A seed is in the first half of each block; the token goes to the second.
    private void Toss(Span<byte> blocks, ReadOnlySpan<int> tokens, Span<ulong> bits)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(blocks[((i * BlockSize) + sizeof(ulong))..], tokens[i]);
        }

        AesBatch.Encrypt(in _tossing, blocks, _engine);
        for (int i = 0; i < tokens.Length; i++)
        {
            bits[i] = BinaryPrimitives.ReadUInt64LittleEndian(blocks[(i * BlockSize)..]);
        }
    }
}
