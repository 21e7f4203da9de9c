using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class AesTests
{
    [Fact]
    public void Round_keys_are_the_same_with_and_without_the_processor_s_instructions()
    {
        Random random = new(11);
        byte[] key = new byte[AesKeySchedule.KeySize];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(key);
            AesKeySchedule.Expand(key, out AesKeySchedule fast);
            AesKeySchedule.ExpandPortable(key, out AesKeySchedule portable);
            for (int round = 0; round < AesKeySchedule.RoundKeys; round++)
            {
                fast[round].Should().Be(portable[round]);
            }
        }
    }

    [Fact]
    public void Key_expansion_is_that_of_fips_197_appendix_a()
    {
        AesKeySchedule.Expand(Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c"), out AesKeySchedule schedule);

        Hex(schedule[1]).Should().Be("a0fafe1788542cb123a339392a6c7605");
        Hex(schedule[10]).Should().Be("d014f9a8c9ee2589e13f0cc8b6630ca6");
    }

    [Fact]
    public void Software_cipher_gives_the_vectors_of_fips_197_and_sp_800_38a()
    {
        SoftwareBlock("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff")
            .Should().Be("69c4e0d86a7b0430d8cdb78070b4c55a");
        SoftwareBlock("2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a")
            .Should().Be("3ad77bb40d7a3660a89ecaf32466ef97");
        SoftwareBlock("2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
            .Should().Be("ec8cdf7398607cb0f2d21675ea9ea1e4");
    }

    [Fact]
    public void Every_engine_makes_the_counter_blocks_that_the_platform_makes()
    {
        Random random = new(1);
        byte[] keystream = new byte[2 * IAesBlocks.Bytes];
        foreach (AesEngine engine in FingerprintTestData.Engines)
        {
            for (int round = 0; round < 20; round++)
            {
                byte[] key = new byte[16];
                random.NextBytes(key);
                AesKeySchedule.Expand(key, out AesKeySchedule schedule);
                ulong block = ((ulong)random.NextInt64() >> random.Next(63)) & ~7ul;

                CarrierKeystream.Fill(in schedule, block, keystream, engine);

                keystream.Should().Equal(Platform(key, block, keystream.Length / 16), "engine {0}", engine);
            }
        }
    }

    [Fact]
    public void Every_engine_encrypts_any_blocks_as_the_platform_does()
    {
        Random random = new(2);
        byte[] key = new byte[16];
        byte[] blocks = new byte[3 * IAesBlocks.Bytes];
        random.NextBytes(key);
        random.NextBytes(blocks);
        AesKeySchedule.Expand(key, out AesKeySchedule schedule);
        byte[] expected = Platform(key, blocks);
        foreach (AesEngine engine in FingerprintTestData.Engines)
        {
            byte[] encrypted = [.. blocks];

            AesBatch.Encrypt(in schedule, encrypted, engine);

            encrypted.Should().Equal(expected, "engine {0}", engine);
        }
    }

    [Fact]
    public void Every_engine_makes_the_counter_blocks_of_a_nonce_that_the_platform_makes()
    {
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)(11 * i))];
        byte[] keystream = new byte[2 * IAesBlocks.Bytes];
        AesKeySchedule.Expand(key, out AesKeySchedule schedule);
        schedule.WithNonce(0x0123_4567_89ab_cdef, out AesKeySchedule nonced);
        foreach (AesEngine engine in FingerprintTestData.Engines)
        {
            CarrierKeystream.Fill(in nonced, 0, keystream, engine);

            keystream.Should().Equal(ReferenceContext.Blocks(key, 0x0123_4567_89ab_cdef, keystream.Length / 16), "engine {0}", engine);
        }
    }

    [Fact]
    public void Clearing_a_schedule_leaves_zeros()
    {
        AesKeySchedule schedule = FingerprintTestData.Schedule(1);

        schedule.Clear();

        foreach (System.Runtime.Intrinsics.Vector128<byte> key in schedule)
        {
            key.Should().Be(System.Runtime.Intrinsics.Vector128<byte>.Zero);
        }
    }

    private static byte[] Platform(byte[] key, ulong block, int blocks)
    {
        byte[] counters = new byte[16 * blocks];
        for (int i = 0; i < blocks; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(counters.AsSpan((16 * i) + 8), block + (ulong)i);
        }

        return Platform(key, counters);
    }

    private static byte[] Platform(byte[] key, byte[] blocks)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
#pragma warning disable CA5358 // Single blocks are what is compared.
        return aes.EncryptEcb(blocks, PaddingMode.None);
#pragma warning restore CA5358
    }

    private static string SoftwareBlock(string key, string block)
    {
        AesKeySchedule.Expand(Convert.FromHexString(key), out AesKeySchedule schedule);
        ulong[] blocks = new ulong[2 * BitslicedAes.Blocks];
        byte[] input = Convert.FromHexString(block);
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = BitConverter.ToUInt64(input, 8 * (i & 1));
        }

        BitslicedAes.Encrypt(in schedule, blocks);

        blocks[2..4].Should().Equal(blocks[..2], "all four blocks are alike");
        return Convert.ToHexStringLower([.. BitConverter.GetBytes(blocks[6]), .. BitConverter.GetBytes(blocks[7])]);
    }

    private static string Hex(System.Runtime.Intrinsics.Vector128<byte> key)
    {
        byte[] bytes = new byte[16];
        System.Runtime.Intrinsics.Vector128.CopyTo(key, bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
