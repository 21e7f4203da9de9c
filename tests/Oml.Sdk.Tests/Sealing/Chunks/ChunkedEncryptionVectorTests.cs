using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Oml.Sdk.Tests.Support;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Tests.Sealing.Chunks;

/// <summary>Wycheproof's vectors for C2SP chunked-encryption, both key sizes.</summary>
public sealed class ChunkedEncryptionVectorTests
{
    [Theory]
    [InlineData("c2sp_chunked_encryption_aes_128_gcm_test.json", 16)]
    [InlineData("c2sp_chunked_encryption_aes_256_gcm_test.json", 32)]
    public void Every_vector_gives_its_result(string file, int keySize)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Require("wycheproof", file)));
        int cases = 0;
        foreach (JsonElement test in document.RootElement.GetProperty("testGroups")[0].GetProperty("tests").EnumerateArray())
        {
            Check(test, keySize);
            cases++;
        }

        cases.Should().Be(35);
    }

    private static void Check(JsonElement test, int keySize)
    {
        string what = $"case {test.GetProperty("tcId")}: {test.GetProperty("comment")}";
        string[] flags = [.. test.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!)];
        byte[] key = Bytes(test, "key");
        byte[] message = Inflate(Bytes(test, "ct"));
        bool isValid = test.GetProperty("result").GetString() == "valid";
        if (key.Length != keySize || !TryDerive(key, Bytes(test, "ctx"), message, out ChunkKeys? keys))
        {
            isValid.Should().BeFalse(what);
            flags.Should().Contain("HeaderFailure", what);
            return;
        }

        using (keys)
        {
            keys!.Key.ToArray().Should().Equal(Bytes(test, "aeadKey"), what);
            keys.BaseNonce.ToArray().Should().Equal(Bytes(test, "baseNonce"), what);
            byte[] body = message[ChunkLayout.HeaderSize..];
            using ChunkCipher cipher = keys.CreateCipher();
            (byte[] prefix, bool isWhole) = DecryptInOrder(cipher, body);
            isWhole.Should().Be(isValid, what);
            if (isValid || flags.Contains("PartialPlaintext"))
            {
                prefix.Length.Should().Be(test.GetProperty("msgLength").GetInt32(), what);
                Convert.ToHexStringLower(SHA512.HashData(prefix)).Should().Be(test.GetProperty("msgSha512").GetString(), what);
            }

            HasAuthenticEnd(cipher, body).Should().Be(isValid || flags.Contains("ValidFinalChunk"), what);
            if (isValid)
            {
                Encrypt(cipher, prefix).Should().Equal(body, what);
            }
        }
    }

    private static bool TryDerive(byte[] key, byte[] context, byte[] message, out ChunkKeys? keys)
    {
        keys = null;
        if (message.Length < ChunkLayout.HeaderSize || key.Length is not (16 or 32))
        {
            return false;
        }

        keys = ChunkKeys.Derive(key, message.AsSpan(0, ChunkLayout.SaltSize), context);
        return keys.IsCommittedBy(message.AsSpan(ChunkLayout.SaltSize, ChunkLayout.CommitmentSize));
    }

    private static (byte[] Prefix, bool IsWhole) DecryptInOrder(ChunkCipher cipher, ReadOnlySpan<byte> body)
    {
        List<byte> plaintext = [];
        for (long index = 0; ; index++)
        {
            ReadOnlySpan<byte> chunk = body[..Math.Min(ChunkLayout.SealedChunkSize, body.Length)];
            if (chunk.Length < ChunkLayout.TagSize)
            {
                return ([.. plaintext], false);
            }

            byte[] piece = new byte[chunk.Length - ChunkLayout.TagSize];
            if (!cipher.TryDecrypt(index, chunk, piece))
            {
                return ([.. plaintext], false);
            }

            plaintext.AddRange(piece);
            body = body[chunk.Length..];
            if (piece.Length < ChunkLayout.ChunkSize)
            {
                return ([.. plaintext], body.IsEmpty);
            }
        }
    }

    // What a reader that seeks from the end does.
    private static bool HasAuthenticEnd(ChunkCipher cipher, ReadOnlySpan<byte> body)
    {
        if (!ChunkLayout.TryGetSize(body.Length, out long size))
        {
            return false;
        }

        long last = ChunkLayout.CountChunks(size) - 1;
        return cipher.TryDecrypt(last, body[(int)(last * ChunkLayout.SealedChunkSize)..], new byte[ChunkLayout.SizeOf(last, size)]);
    }

    private static byte[] Encrypt(ChunkCipher cipher, ReadOnlySpan<byte> message)
    {
        byte[] body = new byte[ChunkLayout.SealedBodySize(message.Length)];
        for (int i = 0; i < ChunkLayout.CountChunks(message.Length); i++)
        {
            int size = ChunkLayout.SizeOf(i, message.Length);
            cipher.Encrypt(
                i, message.Slice(i * ChunkLayout.ChunkSize, size), body.AsSpan(i * ChunkLayout.SealedChunkSize, size + ChunkLayout.TagSize));
        }

        return body;
    }

    private static byte[] Bytes(JsonElement test, string name) =>
        test.TryGetProperty(name, out JsonElement value) ? Convert.FromHexString(value.GetString()!) : [];

    private static byte[] Inflate(byte[] compressed)
    {
        using ZLibStream stream = new(new MemoryStream(compressed), CompressionMode.Decompress);
        using MemoryStream message = new();
        stream.CopyTo(message);
        return message.ToArray();
    }
}
