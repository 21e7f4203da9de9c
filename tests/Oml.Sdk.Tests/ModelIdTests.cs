namespace Oml.Sdk.Tests;

public sealed class ModelIdTests
{
    [Fact]
    public void Is_the_sha_256_of_the_model_file()
    {
        // FIPS 180-4 example: SHA-256("abc").
        ModelId id = ModelId.Compute("abc"u8);

        id.ToString().Should().Be("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        ModelId.Parse(id.ToString()).Should().Be(id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ba78")]
    [InlineData("zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Refuses_text_that_is_not_64_hexadecimal_digits(string text)
    {
        Action parse = () => ModelId.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage("*64 hexadecimal digits*");
    }
}
