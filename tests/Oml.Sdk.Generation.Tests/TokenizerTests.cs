using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Generation.Tests;

/// <summary>The tokenizer that came with a real model: GPT-2's, whose tokens of these texts are well known.</summary>
public sealed class TokenizerTests
{
    private const string EndOfText = "<|endoftext|>";

    [Theory]
    [InlineData("Hello world", new[] { 15496, 995 })]
    [InlineData("Hello, world!", new[] { 15496, 11, 995, 0 })]
    [InlineData("The quick brown fox jumps over the lazy dog", new[] { 464, 2068, 7586, 21831, 18045, 625, 262, 16931, 3290 })]
    [InlineData("I'm 42\n", new[] { 40, 1101, 5433, 198 })]
    [InlineData("<|endoftext|>", new[] { 50256 })]
    [InlineData("Hello<|endoftext|>Hello", new[] { 15496, 50256, 15496 })]
    [InlineData("", new int[0])]
    public void Gives_the_tokens_of_GPT_2(string text, int[] tokens)
    {
        ITextTokenizer tokenizer = Real();

        tokenizer.Encode(text).Should().Equal(tokens);
        tokenizer.Decode(tokens).Should().Be(text);
        tokenizer.EndOfText.Should().Be(50256);
    }

    [Theory]
    [InlineData("😀 ä€ 漢字  \t\r\n end")]
    [InlineData("\u0000\u007f\u00a0\u00ad\uFFFD")]
    [InlineData("   leading, and trailing   ")]
    [InlineData("<not special>")]
    public void Gives_back_every_text(string text)
    {
        ITextTokenizer tokenizer = Real();

        tokenizer.Decode([.. tokenizer.Encode(text)]).Should().Be(text);
    }

    [Fact]
    public void Gives_back_a_whole_book()
    {
        string book = File.ReadAllText(TestData.Require("text", "tinyshakespeare.txt"))[..200_000];
        ITextTokenizer tokenizer = Real();

        tokenizer.Decode([.. tokenizer.Encode(book)]).Should().Be(book);
    }

    [Fact]
    public void Decodes_any_tokens_and_raises_nothing()
    {
        ITextTokenizer tokenizer = Real();

        tokenizer.Decode([-1, int.MinValue, 50295, int.MaxValue]).Should().BeEmpty();
        tokenizer.Decode([47249]).Should().Contain("\uFFFD", "it is the beginning of a smiley");
        tokenizer.Decode([]).Should().BeEmpty();
    }

    [Fact]
    public async Task Streams_the_text_of_a_real_tokenizer()
    {
        ITextTokenizer tokenizer = Real();
        int[] story = [.. tokenizer.Encode("It's 😀, isn't it? 漢字!"), 50256];
        await using Licensed model = await Licensed.LanguageAsync(new Language(
            new([Signatures.Ids()], [Signatures.Logits(50257)]),
            text =>
            {
                float[] row = new float[50257];
                row[story[Math.Min(text.Length, story.Length) - 1]] = 1;
                return row;
            }));
        await using OmlSession session = await model.AuthorizeAsync();

        List<GeneratedToken> tokens = await new TextGenerator(session, tokenizer).GenerateAsync("Hello", Reading.Greedy).ToListAsync();

        string.Concat(tokens.Select(token => token.Text)).Should().Be("It's 😀, isn't it? 漢字!");
        tokens.Should().HaveCount(story.Length).And.OnlyContain(token => !token.Text.Contains('\uFFFD'));
        tokens[^1].FinishReason.Should().Be(GenerationFinishReason.StopToken);
    }

    [Fact]
    public void Uses_tokenizers_of_the_library()
    {
        using MemoryStream vocabulary = new("""{"a":0,"b":1,"ab":2,"<unk>":3}"""u8.ToArray());
        using MemoryStream merges = new("a b\n"u8.ToArray());
        ITextTokenizer tokenizer = TextTokenizer.From(BpeTokenizer.Create(vocabulary, merges), endOfText: 3);

        tokenizer.Encode("aba").Should().Equal(2, 0);
        tokenizer.Encode("").Should().BeEmpty();
        tokenizer.Decode([2, 0]).Should().Be("aba");
        tokenizer.EndOfText.Should().Be(3);
    }

    [Theory]
    [InlineData("not json", "*is no tokenizer.json*")]
    [InlineData("[]", "*is no tokenizer.json*")]
    [InlineData("{}", "*is no tokenizer.json*")]
    public void Refuses_files_that_are_no_tokenizer(string text, string message) => Read(text).Should().Throw<InvalidDataException>().WithMessage(message);

    [Theory]
    [InlineData("type", "\"Unigram\"", "*model is 'Unigram'*")]
    [InlineData("byte_fallback", "true", "*falls back to bytes*")]
    [InlineData("ignore_merges", "true", "*ignores merges*")]
    [InlineData("dropout", "0.1", "*leaves merges out by chance*")]
    [InlineData("continuing_subword_prefix", "\"##\"", "*continuing_subword_prefix*")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "*end_of_word_suffix*")]
    [InlineData("vocab", """{"a":0,"b":0}""", "*number 0 comes twice*")]
    [InlineData("vocab", """{"a":-1}""", "*number is -1*")]
    [InlineData("vocab", """{"a":99999999}""", "*number is 99999999*")]
    [InlineData("vocab", """{"a":"x"}""", "*no tokenizer.json*")]
    [InlineData("merges", """[3]""", "*no tokenizer.json*")]
    [InlineData("merges", """["a z"]""", "*")]
    public void Refuses_models_that_it_cannot_do(string property, string value, string message)
    {
        JsonNode root = Small();
        root["model"]![property] = JsonNode.Parse(value);

        Read(root.ToJsonString()).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("normalizer", """{"type":"NFC"}""", "*normalizer*")]
    [InlineData("pre_tokenizer", """{"type":"Metaspace"}""", "*pre_tokenizer*")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel","add_prefix_space":true}""", "*pre_tokenizer*")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel","use_regex":false}""", "*pre_tokenizer*")]
    [InlineData("pre_tokenizer", "null", "*pre_tokenizer*")]
    [InlineData("post_processor", """{"type":"TemplateProcessing"}""", "*post_processor*")]
    [InlineData("added_tokens", """[{"id":1,"content":""}]""", "*empty*")]
    [InlineData("added_tokens", """[{"id":4,"content":"<end>","lstrip":true}]""", "*'<end>' takes the spaces beside it*")]
    [InlineData("added_tokens", """[{"id":4,"content":"<end>","rstrip":true}]""", "*'<end>' takes the spaces beside it*")]
    [InlineData("added_tokens", """[{"id":4,"content":"<end>","single_word":true}]""", "*'<end>' counts as a whole word only*")]
    [InlineData("added_tokens", """[{"id":4,"content":"ab"}]""", "*'ab' has the number 4, and 3 in the vocabulary*")]
    [InlineData("added_tokens", """[{"id":1,"content":"<end>"}]""", "*do not fit each other*")]
    [InlineData("added_tokens", """[{"id":4,"content":"<end>"},{"id":4,"content":"<start>"}]""", "*do not fit each other*")]
    public void Refuses_what_it_would_have_to_leave_out(string property, string value, string message)
    {
        JsonNode root = Small();
        root[property] = JsonNode.Parse(value);

        Read(root.ToJsonString()).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("""[{"id":4,"content":"ab"},{"id":5,"content":"abc"},{"id":6,"content":"abcd"}]""")]
    [InlineData("""[{"id":6,"content":"abcd"},{"id":4,"content":"ab"},{"id":5,"content":"abc"}]""")]
    public void Takes_the_longest_added_token_in_whatever_order_they_are_listed(string added)
    {
        JsonNode root = Small();
        root["model"]!["vocab"] = JsonNode.Parse("""{"a":0,"b":1,"c":2,"d":3}""");
        root["model"]!["merges"] = JsonNode.Parse("[]");
        root["added_tokens"] = JsonNode.Parse(added);

        ReadFile(root.ToJsonString(), null).Encode("abcdabcab").Should().Equal(6, 5, 4);
    }

    [Fact]
    public void Names_an_end_of_text_that_is_not_there()
    {
        Action read = () => ReadFile(Small().ToJsonString(), "</s>");

        read.Should().Throw<ArgumentException>().WithMessage("*no token '</s>'*");
        Read(Small().ToJsonString()).Should().NotThrow();
    }

    [Fact]
    public void Bytes_are_read_as_a_file_is()
    {
        byte[] json = Encoding.UTF8.GetBytes(Small().ToJsonString());

        ITextTokenizer tokenizer = TextTokenizer.FromBytes(json, "<end>");

        tokenizer.EndOfText.Should().Be(4);
        tokenizer.Encode("abc").Should().Equal(ReadFile(Small().ToJsonString(), "<end>").Encode("abc"));
        FluentActions.Invoking(() => TextTokenizer.FromBytes([.. json, (byte)'x'])).Should().Throw<InvalidDataException>().WithMessage("*tokenizer.json*");
    }

    private static ITextTokenizer Real() => TextTokenizer.FromFile(TestData.Require("tiny-gpt2", "tokenizer.json"), EndOfText);

    private static JsonNode Small() => JsonNode.Parse(
        """
        {
          "added_tokens": [{"id": 4, "content": "<end>"}],
          "normalizer": null,
          "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
          "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3}, "merges": [["a", "b"]]}
        }
        """)!;

    private static Action Read(string text) => () => ReadFile(text, null);

    private static ITextTokenizer ReadFile(string text, string? endOfText)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text, Encoding.UTF8);
            return TextTokenizer.FromFile(path, endOfText);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
