using System.Text;
using Oml.Sdk.Generation.Streaming;

namespace Oml.Sdk.Generation.Tests;

/// <summary>Text that comes token by token, where tokens begin and end within characters.</summary>
public sealed class TextDecoderTests
{
    private const string Sentence = "漢字仮名交じり文は日本語の普通の書き方だ。";

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 2)]
    [InlineData(9, 1)]
    public void Tokens_that_all_end_within_a_character_spoil_none(int length, int first)
    {
        Chunks tokenizer = new(Encoding.UTF8.GetBytes(Sentence), length, first);
        TextDecoder decoder = new(tokenizer);

        string[] texts = [.. Enumerable.Range(0, tokenizer.Count).Select(decoder.Add)];

        string.Concat(texts).Should().Be(Sentence);
        decoder.Flush().Should().BeEmpty();
        texts[1].Should().NotBeEmpty("the characters before the last one are whole");
    }

    [Fact]
    public void However_long_that_goes_on_few_tokens_are_decoded_at_a_time()
    {
        string story = string.Concat(Enumerable.Repeat(Sentence, 200));
        Chunks tokenizer = new(Encoding.UTF8.GetBytes(story), 3, 2);
        TextDecoder decoder = new(tokenizer);

        string text = string.Concat(Enumerable.Range(0, tokenizer.Count).Select(decoder.Add)) + decoder.Flush();

        text.Should().Be(story);
        tokenizer.Longest.Should().BeLessThan(50);
    }

    [Fact]
    public void A_stop_string_before_half_a_character_ends_the_text_at_once()
    {
        Chunks tokenizer = new([.. "A cat. END"u8, 0xE2, 0x82, 0xAC], 11, 11);
        TextStream stream = new(tokenizer, ["END"]);

        stream.Add(0).Should().Be("A cat. ");

        stream.Stopped.Should().BeTrue("no further token is paid to see what becomes of the character");
        stream.Finish().Should().BeEmpty();
    }

    // Tokens are pieces of one text; the first has another length.
    private sealed class Chunks(byte[] text, int length, int first) : ITextTokenizer
    {
        public int? EndOfText => null;

        public int Count => 1 + ((text.Length - first + length - 1) / length);

        public int Longest { get; private set; }

        public IReadOnlyList<int> Encode(string text) => throw new NotSupportedException();

        public string Decode(ReadOnlySpan<int> tokens)
        {
            Longest = Math.Max(Longest, tokens.Length);
            List<byte> bytes = [];
            foreach (int token in tokens)
            {
                bytes.AddRange(text[Place(token)..Place(token + 1)]);
            }

            return Encoding.UTF8.GetString([.. bytes]);
        }

        private int Place(int token) => token == 0 ? 0 : Math.Min(text.Length, first + ((token - 1) * length));
    }
}
