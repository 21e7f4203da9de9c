using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Tests;

/// <summary>Texts of a real model name their licensee, and no other.</summary>
public sealed class WatermarkTests : IDisposable
{
    private const int Vocabulary = 1_000;
    private const int Length = 200;
    private const ulong Alice = 12;
    private const ulong Bob = 34;

    private static readonly KgwOptions Kgw = new() { VocabularySize = Vocabulary };

    private readonly FingerprintKey _key = FingerprintKey.Import([.. Enumerable.Range(0, FingerprintKey.Size).Select(i => (byte)i)]);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(KgwScheme.Aes)]
    [InlineData(KgwScheme.LeftHash)]
    public async Task Kgw_is_found_in_200_tokens_at_a_high_temperature(KgwScheme scheme)
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        KgwOptions options = new() { VocabularySize = Vocabulary, Scheme = scheme };
        int[] text = await GenerateAsync(model, TextWatermark.Kgw(_key, options), Alice, new GenerationOptions { Temperature = 1.5f });
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));
        using TextKey bob = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Bob));
        using KgwDetector detector = new(alice, options);
        using KgwDetector other = new(bob, options);

        detector.Detect(text).PValue.Should().BeLessThan(1e-6);
        other.Detect(text).PValue.Should().BeGreaterThan(1e-3);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(0)]
    public async Task SynthId_is_found_in_200_tokens_at_a_high_temperature(int topK)
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        int[] text = await GenerateAsync(model, TextWatermark.SynthId(_key), Alice, new GenerationOptions { Temperature = 1.5f, TopK = topK });
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));
        using TextKey bob = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Bob));
        using SynthIdDetector detector = new(alice);
        using SynthIdDetector other = new(bob);

        detector.Detect(text).PValue.Should().BeLessThan(1e-6);
        other.Detect(text).PValue.Should().BeGreaterThan(1e-3);
    }

    [Fact]
    public async Task A_text_is_traced_to_the_licensee_of_the_permission()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        int[] kgw = await GenerateAsync(model, TextWatermark.Kgw(_key, Kgw), Bob, new GenerationOptions());
        int[] synthId = await GenerateAsync(model, TextWatermark.SynthId(_key), Alice, new GenerationOptions { TopK = 40 });
        ulong[] candidates = [.. Enumerable.Range(1, 100).Select(i => (ulong)i)];

        new TextTracer(Kgw).Trace(_key, model.Model.Id, candidates, kgw).Accused.Should().Be(Bob);
        new TextTracer(new SynthIdOptions()).Trace(_key, model.Model.Id, candidates, synthId).Accused.Should().Be(Alice);
        new TextTracer(Kgw).Trace(_key, model.Model.Id, candidates, synthId).Accused.Should().BeNull();
    }

    [Fact]
    public async Task A_licensee_s_own_key_marks_as_the_publisher_s_does()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));

        (await GenerateAsync(model, TextWatermark.Kgw(alice, Kgw), Alice, new GenerationOptions()))
            .Should().Equal(await GenerateAsync(model, TextWatermark.Kgw(_key, Kgw), Alice, new GenerationOptions()));
        (await GenerateAsync(model, TextWatermark.SynthId(alice), Alice, new GenerationOptions()))
            .Should().Equal(await GenerateAsync(model, TextWatermark.SynthId(_key), Alice, new GenerationOptions()));
    }

    [Fact]
    public async Task Without_a_mark_nothing_is_found()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        int[] text = await GenerateAsync(model, null, Alice, new GenerationOptions());
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));
        using KgwDetector kgw = new(alice, Kgw);
        using SynthIdDetector synthId = new(alice);

        kgw.Detect(text).PValue.Should().BeGreaterThan(1e-3);
        synthId.Detect(text).PValue.Should().BeGreaterThan(1e-3);
    }

    [Fact]
    public async Task Kgw_marks_greedy_texts_too()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        KgwOptions options = new() { VocabularySize = Language.Vocabulary };
        int[] text = await GenerateAsync(model, TextWatermark.Kgw(_key, options), Alice, new GenerationOptions { Temperature = 0 });
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));
        using KgwDetector detector = new(alice, options);

        detector.Detect(text).PValue.Should().BeLessThan(1e-6);
    }

    [Fact]
    public async Task Greedy_decoding_is_refused_with_SynthId()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();
        TextGenerator generator = new(session, options: new TextGeneratorOptions { Watermark = TextWatermark.SynthId(_key) });
        Action generate = () => generator.GenerateAsync([1], new GenerationOptions { Temperature = 0 });

        generate.Should().Throw<ArgumentException>().WithMessage("*Greedy*SynthID*temperature above 0*");
    }

    [Fact]
    public async Task A_vocabulary_of_another_size_is_refused_before_anything_is_paid()
    {
        await using Licensed model = await Licensed.LanguageAsync(Signatures.KeyValues());
        await using OmlSession session = await model.AuthorizeAsync();
        Action create = () => _ = new TextGenerator(session, options: new TextGeneratorOptions { Watermark = TextWatermark.Kgw(_key, Kgw) });

        create.Should().Throw<ArgumentException>().WithMessage("*vocabulary of 1000*logits are 50*");
    }

    [Fact]
    public async Task A_vocabulary_that_the_model_does_not_declare_is_refused_before_anything_is_paid_where_it_matters()
    {
        await using Licensed model = await Licensed.LanguageAsync(
            new ModelSignature([Signatures.Ids()], [new TensorInfo("logits", TensorElementType.Float32, [-1, -1, -1])]));
        await using OmlSession session = await model.AuthorizeAsync();
        Action create = () => _ = new TextGenerator(session, options: new TextGeneratorOptions { Watermark = TextWatermark.Kgw(_key, Kgw) });

        create.Should().Throw<ArgumentException>().WithMessage("*does not declare*1000*");
        _ = new TextGenerator(session, options: new TextGeneratorOptions { Watermark = TextWatermark.SynthId(_key) });
    }

    [Fact]
    public void Options_are_checked_and_read_when_the_watermark_is_made()
    {
        Action kgw = () => TextWatermark.Kgw(_key, new KgwOptions());
        Action synthId = () => TextWatermark.SynthId(_key, new SynthIdOptions { Depth = 65 });

        kgw.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*VocabularySize*");
        synthId.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Depth*");
    }

    [Fact]
    public async Task Every_option_reaches_the_detector()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        KgwOptions kgw = new() { VocabularySize = Vocabulary, GreenFraction = 0.5, Bias = 4, ContextWidth = 2 };
        SynthIdOptions synthId = new() { Depth = 20, NgramLength = 3, ContextHistory = 500, Variant = SynthIdVariant.TableMt19937, TableSeed = 5, Leaves = 3 };
        int[] kgwText = await GenerateAsync(model, TextWatermark.Kgw(_key, kgw), Alice, new GenerationOptions());
        int[] synthIdText = await GenerateAsync(model, TextWatermark.SynthId(_key, synthId), Alice, new GenerationOptions { TopK = 40 });
        using TextKey alice = _key.DeriveTextKey(new FingerprintSubject(model.Model.Id, Alice));
        using KgwDetector kgwDetector = new(alice, kgw);
        using SynthIdDetector synthIdDetector = new(alice, synthId);

        kgwDetector.Detect(kgwText).PValue.Should().BeLessThan(1e-6);
        synthIdDetector.Detect(synthIdText).PValue.Should().BeLessThan(1e-6);
    }

    private static async Task<int[]> GenerateAsync(Licensed model, TextWatermark? watermark, ulong licensee, GenerationOptions options)
    {
        await using OmlSession session = await model.AuthorizeAsync(fingerprint: licensee);
        options.MaxNewTokens = Length;
        options.Seed = 42;
        return await new TextGenerator(session, options: new TextGeneratorOptions { Watermark = watermark })
            .GenerateAsync([1, 2, 3, 4], options).IdsAsync();
    }
}
