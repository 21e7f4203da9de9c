using System.Security.Cryptography;
using QuickStart.Digits;

namespace Oml.Sdk.OnnxRuntime.Tests.Digits;

public sealed class DigitRendererTests
{
    // The renderer rounds alike everywhere, so these hold on every platform; a new look needs new hashes and a new training.
    [Theory]
    [InlineData(1, "99058270b2a841fa2218d529eb7baf04608e51c1dc6c96397b3b1adbb8884191")]
    [InlineData(2, "0e703f07318f30bdea353d461a7d098da3be492434c0f157f9fdcccb5d0458a7")]
    [InlineData(ulong.MaxValue, "dc9b911cd9c56d5dbb2d4b2779ba141598e2776220606c0a6b85b26a7d5d70e5")]
    public void Draws_the_same_digits_for_a_seed_on_every_platform(ulong seed, string hash)
    {
        DigitRenderer renderer = new(seed);
        IEnumerable<float> pixels = Enumerable.Range(0, 100).SelectMany(i => renderer.Render(i % 10));
        byte[] shades = [.. pixels.Select(pixel => (byte)((pixel * 255) + 0.5f))];

        Convert.ToHexStringLower(SHA256.HashData(shades)).Should().Be(hash);
    }

    [Fact]
    public void Draws_a_digit_differently_every_time()
    {
        DigitRenderer renderer = new(3);

        renderer.Render(4).Should().NotEqual(renderer.Render(4));
        new DigitRenderer(4).Render(4).Should().NotEqual(new DigitRenderer(5).Render(4));
    }

    [Fact]
    public void Draws_ink_between_0_and_1_and_leaves_the_border_mostly_empty()
    {
        DigitRenderer renderer = new(6);
        for (int i = 0; i < 500; i++)
        {
            float[] picture = renderer.Render(i % 10);

            picture.Should().OnlyContain(pixel => pixel >= 0 && pixel <= 1);
            picture.Max().Should().BeGreaterThan(0.4f);
            picture.Take(DigitRenderer.Size).Average().Should().BeLessThan(0.2f);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void Refuses_what_is_no_digit(int digit)
    {
        Action render = () => new DigitRenderer(1).Render(digit);

        render.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Refuses_room_for_another_size()
    {
        Action render = () => new DigitRenderer(1).Render(0, new float[100]);

        render.Should().Throw<ArgumentOutOfRangeException>();
    }

    // The published test values of SplitMix64 for this seed.
    [Fact]
    public void Random_numbers_are_those_of_the_published_generator()
    {
        SplitMix64 random = new(1234567);

        ulong[] numbers = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];

        numbers.Should().Equal(6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821);
    }
}
