using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Fingerprints.Text;

/// <summary>g-values that others computed: of the published algorithm, and of the specification by an independent program.</summary>
public sealed class SynthIdVectorTests
{
    [Theory]
    [InlineData(SynthIdVariant.Reference, "reference")]
    [InlineData(SynthIdVariant.TableMt19937, "table_mt19937")]
    [InlineData(SynthIdVariant.TablePhilox, "table_philox")]
    public void G_values_are_the_published_ones(SynthIdVariant variant, string name)
    {
        using JsonDocument vectors = Load();
        using SynthIdKeys keys = PublishedKeys(vectors, variant);
        JsonElement[] cases = [.. vectors.RootElement.GetProperty("cases").EnumerateArray()];
        ulong[] hashes = [.. cases.Select(vector => Hash(vector.GetProperty("ngram"), keys.InitialHash))];
        ulong[] bits = new ulong[hashes.Length];

        keys.Fill(hashes, bits);

        Text(bits).Should().Equal(cases.Select(vector => vector.GetProperty(name).GetString()));
    }

    [Fact]
    public void Every_width_gives_the_same_g_values()
    {
        Random random = new(1);
        ulong[] keys = [.. Enumerable.Range(0, 64).Select(_ => (ulong)random.NextInt64())];
        for (int length = 0; length <= 40; length++)
        {
            ulong[] hashes = [.. Enumerable.Range(0, length).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
            ulong[] expected = new ulong[length];
            GValues.Fill(hashes, keys, expected, KernelWidth.Scalar);
            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                ulong[] bits = new ulong[length];

                GValues.Fill(hashes, keys, bits, width);

                bits.Should().Equal(expected, "{0} n-grams at {1}", length, width);
            }
        }
    }

    [Fact]
    public void The_initial_hash_is_the_published_one()
    {
        using JsonDocument vectors = Load();
        using SynthIdKeys keys = PublishedKeys(vectors, SynthIdVariant.Reference);

        keys.InitialHash.Should().Be(1614033703599872695);
        vectors.RootElement.GetProperty("iv").GetString().Should().Be("1614033703599872695");
    }

    [Theory]
    [InlineData(SynthIdVariant.TableMt19937, "mt19937")]
    [InlineData(SynthIdVariant.TablePhilox, "philox4x32-10")]
    public void The_tables_are_the_published_ones(SynthIdVariant variant, string name)
    {
        using JsonDocument vectors = Load();

        Convert.ToHexStringLower(SHA256.HashData(SynthIdTable.Get(variant, 0)))
            .Should().Be(vectors.RootElement.GetProperty("tables_sha256").GetProperty(name).GetString());
    }

    [Fact]
    public void A_detector_reads_the_published_g_values_from_a_text()
    {
        using JsonDocument vectors = Load();
        long[] keys = [.. vectors.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetInt64())];
        using SynthIdDetector detector = new(keys, new SynthIdOptions { Variant = SynthIdVariant.Reference, Weighting = SynthIdWeighting.Even });
        foreach (JsonElement vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] ngram = [.. vector.GetProperty("ngram").EnumerateArray().Select(token => token.GetInt32())];
            double ones = vector.GetProperty("reference").GetString()!.Count(bit => bit == '1');

            TextDetectionResult result = detector.Detect(ngram);

            result.Share.Should().BeApproximately(ones / 30, 1e-12);
            result.Statistic.Should().BeApproximately(((2 * ones) - 30) / Math.Sqrt(30), 1e-12);
            (result.Tokens, result.SkippedTokens).Should().Be((1, 4));
        }
    }

    [Fact]
    public void A_licensee_s_layer_keys_are_those_of_the_specification()
    {
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        using SynthIdKeys keys = SynthIdKeys.Create(key.Read(), new SynthIdSettings(new SynthIdOptions { Variant = SynthIdVariant.Reference }, null, "options"));

        keys.Layers.Length.Should().Be(30);
        keys.Layers[..3].ToArray().Should().Equal(7006525594546307847, 8494511880922255773, 6887503464646191520);
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 0x642eda8675c62173)]
    [InlineData(new[] { 50256, 0, 7, 31999, 128000 }, 0xa1e7487ca8afa58b)]
    [InlineData(new[] { 9, 10 }, 0x41494c6a9733cf47)]
    [InlineData(new[] { 7, 11, 13, 17 }, 0x726fc270cfa00132)]
    [InlineData(
        new[]
        {
            100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
            116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131,
        },
        0x9dd154f5e99ed787)]
    public void The_coins_of_aes_are_those_of_the_specification_by_any_engine(int[] ngram, ulong expected)
    {
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        SynthIdSettings settings = new(new SynthIdOptions { NgramLength = ngram.Length }, null, "options");
        int[] candidates = [.. Enumerable.Range(0, 21).Select(i => ngram[^1] + i)];
        foreach (AesEngine engine in new[] { KernelDispatch.Aes, AesEngine.Software })
        {
            using AesCoins coins = new(key.Read(), settings, engine);
            ulong[] ofCandidates = new ulong[candidates.Length];
            ulong[] ofWindow = new ulong[1];

            coins.OfCandidates(ngram.AsSpan(..^1), candidates, ofCandidates);

            ofCandidates[0].Should().Be(expected);
            for (int i = 0; i < candidates.Length; i++)
            {
                coins.OfWindows(new SynthIdWindows([.. ngram[..^1], candidates[i]], settings), ofWindow);
                ofWindow[0].Should().Be(ofCandidates[i]);
            }
        }
    }

    [Fact]
    public void The_coins_of_aes_follow_from_the_cipher_alone()
    {
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        byte[] seeding = Convert.FromHexString("c770355aa65f14f65c3f5d00fedafe62");
        byte[] tossing = Convert.FromHexString("e95b407778b16c03025a76c746b37ed1");
        for (int length = 1; length < 12; length++)
        {
            int[] context = [.. Enumerable.Range(0, length).Select(i => 1000 + (i * i * 7919))];
            int[] candidates = [0, 1, 15, 16, 255, 65_536, 1 << 24, int.MaxValue];
            SynthIdSettings settings = new(new SynthIdOptions { NgramLength = length + 1 }, null, "options");
            using AesCoins coins = new(key.Read(), settings, KernelDispatch.Aes);
            ulong[] actual = new ulong[candidates.Length];

            coins.OfCandidates(context, candidates, actual);

            actual.Should().Equal(candidates.Select(candidate => Toss(seeding, tossing, context, candidate)));
        }
    }

    // §7.3 by the platform's AES: CBC-MAC of the context, whose first half and the candidate are one more block.
    private static ulong Toss(byte[] seeding, byte[] tossing, int[] context, int candidate)
    {
        byte[] message = new byte[((context.Length + 1) * 4 + 15) / 16 * 16];
        BinaryPrimitives.WriteInt32BigEndian(message, context.Length);
        for (int i = 0; i < context.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan((i + 1) * 4), context[i]);
        }

        using Aes cipher = Aes.Create();
        cipher.Key = seeding;
        byte[] state = new byte[16];
        for (int at = 0; at < message.Length; at += 16)
        {
            state = cipher.EncryptEcb([.. state.Zip(message[at..(at + 16)], (s, m) => (byte)(s ^ m))], PaddingMode.None);
        }

        BinaryPrimitives.WriteInt64BigEndian(state.AsSpan(8), candidate);
        cipher.Key = tossing;
        return BinaryPrimitives.ReadUInt64LittleEndian(cipher.EncryptEcb(state, PaddingMode.None));
    }

    [Fact]
    public void The_coins_of_aes_are_those_of_each_window_of_a_text()
    {
        using TextKey key = TextTestData.Key(1);
        SynthIdSettings settings = new(new SynthIdOptions(), null, "options");
        using AesCoins coins = new(key.Read(), settings, KernelDispatch.Aes);
        int[] tokens = [.. Enumerable.Range(0, 33).Select(i => i * i)];
        SynthIdWindows windows = new(tokens, settings);
        ulong[] bits = new ulong[windows.Count];
        ulong[] one = new ulong[1];

        coins.OfWindows(windows, bits);

        bits.Should().HaveCount(29).And.OnlyHaveUniqueItems();
        for (int i = 0; i < bits.Length; i++)
        {
            coins.OfCandidates(tokens.AsSpan(i, 4), [tokens[i + 4]], one);
            bits[i].Should().Be(one[0]);
        }
    }

    private static JsonDocument Load()
    {
        using FileStream file = File.OpenRead(TestData.Require("watermark", "synthid-g-values.json"));
        return JsonDocument.Parse(file);
    }

    private static SynthIdKeys PublishedKeys(JsonDocument vectors, SynthIdVariant variant)
    {
        long[] keys = [.. vectors.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetInt64())];
        return SynthIdKeys.Create(keys, new SynthIdSettings(new SynthIdOptions { Variant = variant }, keys.Length, "options"));
    }

    private static ulong Hash(JsonElement ngram, ulong initial) =>
        ngram.EnumerateArray().Aggregate(initial, (hash, token) => GValues.Add(hash, (ulong)token.GetInt32()));

    private static IEnumerable<string> Text(ulong[] bits) =>
        bits.Select(value => string.Concat(Enumerable.Range(0, 30).Select(layer => (value >> layer) & 1)));
}
