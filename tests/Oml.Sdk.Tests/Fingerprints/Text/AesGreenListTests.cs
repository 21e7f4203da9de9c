using System.Buffers.Binary;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints.Text;

public sealed class AesGreenListTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(5003)]
    public void Every_token_has_the_colour_that_the_specification_gives_it_by_any_engine(int vocabulary)
    {
        using TextKey key = TextTestData.Key(5);
        KgwSettings settings = new(new KgwOptions { VocabularySize = vocabulary, ContextWidth = 2 }, "options");
        int[] context = [1, vocabulary - 1];
        bool[] expected = Colours(key, vocabulary, context);
        foreach (AesEngine engine in new[] { KernelDispatch.Aes, AesEngine.Software })
        {
            using AesGreenList list = new(key.Read(), settings, engine);
            float[] logits = new float[vocabulary];

            list.Bias(logits, context);
            list.Bias(logits, context);

            logits.Select(z => z != 0).Should().Equal(expected, "{0}", engine);
            logits.Should().OnlyContain(z => z == 0 || z == 4);
        }
    }

    // Section 7.2 of docs/spec/fingerprint.md, a block at a time.
    private static bool[] Colours(TextKey key, int vocabulary, int[] context)
    {
        byte[] keys = HKDF.Expand(HashAlgorithmName.SHA256, key.Read().ToArray(), 32, "oml/text/kgw-aes/v1"u8.ToArray());
        byte[] block = new byte[16];
        block.AsSpan().Fill(0xff);
        BinaryPrimitives.WriteInt32BigEndian(block.AsSpan(8), context[0]);
        BinaryPrimitives.WriteInt32BigEndian(block.AsSpan(12), context[1]);
        using Aes seeding = Aes.Create(), colouring = Aes.Create();
        seeding.Key = keys[..16];
        colouring.Key = keys[16..];
        byte[] seed = seeding.EncryptEcb(block, PaddingMode.None);
        bool[] colours = new bool[vocabulary];
        for (int token = 0; token < vocabulary; token++)
        {
            seed.AsSpan(0, 8).CopyTo(block);
            BinaryPrimitives.WriteInt64BigEndian(block.AsSpan(8), token / 16);
            colours[token] = colouring.EncryptEcb(block, PaddingMode.None)[token % 16] < 64;
        }

        return colours;
    }
}
