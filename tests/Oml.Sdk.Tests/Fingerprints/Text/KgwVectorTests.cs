using System.Security.Cryptography;
using System.Text.Json;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Fingerprints.Text;

/// <summary>Green lists that others computed: published ones, and those of the specification by an independent program.</summary>
public sealed class KgwVectorTests
{
    [Fact]
    public void The_left_hash_makes_the_published_green_lists()
    {
        using FileStream file = File.OpenRead(TestData.Require("watermark", "kgw-greenlists.json"));
        using JsonDocument document = JsonDocument.Parse(file);
        foreach (JsonElement vector in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            int vocabulary = vector.GetProperty("vocab").GetInt32();
            using KgwProcessor processor = new(KgwOptions.PublishedHashKey, new KgwOptions
            {
                Scheme = KgwScheme.LeftHash,
                VocabularySize = vocabulary,
                GreenFraction = vector.GetProperty("gamma").GetDouble(),
            });

            int[] green = Green(processor, vocabulary, [vector.GetProperty("previous").GetInt32()]);

            green.Should().HaveCount(vector.GetProperty("green_count").GetInt32());
            green.Should().Contain(vector.GetProperty("green_first_16").EnumerateArray().Select(e => e.GetInt32()));
            byte[] sorted = [.. green.SelectMany(BitConverter.GetBytes)];
            Convert.ToHexStringLower(SHA256.HashData(sorted)).Should().Be(vector.GetProperty("green_sha256_sorted_u32le").GetString());
        }
    }

    [Fact]
    public void The_permutation_has_the_published_order()
    {
        int[] items = new int[20];

        SeededPermutation.Fill(new MersenneTwister(), 154858630, items, 5);

        items[..5].Should().Equal(15, 9, 4, 12, 1);
        Enumerable.Range(0, 20).Where(i => SeededPermutation.IsAmongFirst(new MersenneTwister(), 154858630, 20, 5, i))
            .Should().BeEquivalentTo([15, 9, 4, 12, 1]);
    }

    [Fact]
    public void A_large_key_is_reduced_as_the_published_code_reduces_it()
    {
        using IGreenList list = GreenLists.Create(4080919366255977185, Settings(KgwScheme.LeftHash, 60_000, 0.25, 3));
        ulong[] seeds = new ulong[1];

        list.Seeds([50000, 50001, 7, 0], [0], seeds);

        seeds.Should().Equal(212992020);
    }

    [Theory]
    [InlineData(KgwScheme.SelfHash, 50257, 0.25, new[] { 40822, 16740, 48613, 23496 }, 2211780750, true)]
    [InlineData(KgwScheme.SelfHash, 50257, 0.25, new[] { 45249, 48489, 42731, 34736 }, 206878428, true)]
    [InlineData(KgwScheme.SelfHash, 50257, 0.25, new[] { 1900, 30515, 16321, 42531 }, 3073828156, false)]
    [InlineData(KgwScheme.SelfHash, 50257, 0.25, new[] { 30740, 16159, 24953, 35635 }, 4258434030, false)]
    [InlineData(KgwScheme.TransformersSelfHash, 50257, 0.25, new[] { 47918, 14203, 26748, 18316 }, 1950695189, true)]
    [InlineData(KgwScheme.TransformersSelfHash, 50257, 0.25, new[] { 11932, 50182, 25522, 10459 }, 3012711166, false)]
    [InlineData(KgwScheme.TransformersSelfHash, 50257, 0.25, new[] { 49933, 4714, 9094, 40496 }, 2434681934, true)]
    [InlineData(KgwScheme.TransformersSelfHash, 1000, 0.5, new[] { 984 }, 320188303, false)]
    [InlineData(KgwScheme.TransformersSelfHash, 1000, 0.5, new[] { 203 }, 2584357723, false)]
    [InlineData(KgwScheme.TransformersSelfHash, 1000, 0.5, new[] { 694 }, 2975400060, true)]
    public void The_self_hash_seeds_and_colours_are_those_of_the_specification(
        KgwScheme scheme, int vocabulary, double gamma, int[] window, uint seed, bool green)
    {
        using IGreenList list = GreenLists.Create(KgwOptions.PublishedHashKey, Settings(scheme, vocabulary, gamma, window.Length));
        ulong[] seeds = new ulong[1];

        list.Seeds(window, [0], seeds);

        seeds.Should().Equal(seed);
        list.CountGreen(seeds, window.AsSpan(window.Length - 1)).Should().Be(green ? 1 : 0);
    }

    [Fact]
    public void The_aes_green_lists_are_those_of_the_specification()
    {
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        using KgwProcessor pair = new(key, new KgwOptions { VocabularySize = 64, ContextWidth = 2 });
        using KgwProcessor half = new(key, new KgwOptions { VocabularySize = 40, GreenFraction = 0.5 });

        Green(pair, 64, [3, 7, 11]).Should().Equal(4, 7, 8, 10, 28, 31, 32, 35, 37, 45, 46, 47, 53, 56, 61);
        Green(half, 40, [39]).Should().NotEqual(Green(half, 40, [38]));
        foreach (AesEngine engine in FingerprintTestData.Engines)
        {
            using AesGreenList list = new(key.Read(), Settings(KgwScheme.Aes, 60_000, 0.5, 1), engine);
            float[] logits = new float[40];
            list.Bias(logits, [50256]);
            Green(logits).Should().Equal(0, 1, 2, 3, 7, 9, 10, 13, 14, 16, 17, 19, 22, 23, 24, 25, 26, 27, 28, 32, 33, 34, 39);
        }
    }

    [Fact]
    public void A_licensee_s_number_for_the_published_schemes_is_that_of_the_specification()
    {
        using FingerprintKey publisher = TextTestData.SpecificationKey();
        using TextKey key = publisher.DeriveTextKey(TextTestData.SpecificationSubject);
        KgwOptions options = new() { VocabularySize = 500, Scheme = KgwScheme.LeftHash };
        using KgwProcessor derived = new(key, options);
        using KgwProcessor numbered = new(4080919366255977185, options);

        Green(derived, 500, [123]).Should().Equal(Green(numbered, 500, [123]));
    }

    private static KgwSettings Settings(KgwScheme scheme, int vocabulary, double gamma, int width) => new(
        new KgwOptions { Scheme = scheme, VocabularySize = vocabulary, GreenFraction = gamma, ContextWidth = width }, "options");

    private static int[] Green(KgwProcessor processor, int vocabulary, ReadOnlySpan<int> context)
    {
        float[] logits = new float[vocabulary];
        processor.Apply(logits, context).Should().BeTrue();
        return Green(logits);
    }

    private static int[] Green(float[] logits) => [.. Enumerable.Range(0, logits.Length).Where(v => logits[v] > 0)];
}
