using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class ExternalDataPathTests
{
    [Theory]
    [InlineData("weights.bin")]
    [InlineData("model.onnx.data")]
    [InlineData("model.onnx_data")]
    [InlineData("data/shard 1/w-00001-of-00002.bin")]
    [InlineData("..weights")]
    [InlineData(".hidden")]
    [InlineData("...a")]
    [InlineData("décodeur/重み.bin")]
    [InlineData("emoji-🎉.bin")]
    [InlineData("console.bin")]
    [InlineData("COM10")]
    [InlineData("Constant_12_attr__value")]
    [InlineData("a~b#c%20d&e'f(g)h+i,j;k=l@m[n]o{p}")]
    public void Accepts_relative_paths_as_they_are(string location) => ExternalDataPath.Validate(location).Should().Be(location);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/etc/passwd", "not relative")]
    [InlineData("//server/share", "not relative")]
    [InlineData("/", "not relative")]
    [InlineData(@"\w", "backslash")]
    [InlineData(@"\\server\share\w", "backslash")]
    [InlineData(@"\\?\C:\w", "backslash")]
    [InlineData(@"..\..\w", "backslash")]
    [InlineData(@"a\b", "backslash")]
    [InlineData("C:/w", "colon")]
    [InlineData("C:w", "colon")]
    [InlineData("w.bin:stream", "colon")]
    [InlineData("file:///etc/passwd", "colon")]
    [InlineData("..", "segment ..")]
    [InlineData("../w", "segment ..")]
    [InlineData("a/../../w", "segment ..")]
    [InlineData("a/..", "segment ..")]
    [InlineData(".", "segment .")]
    [InlineData("./w", "segment .")]
    [InlineData("a/./w", "segment .")]
    [InlineData("a//b", "empty segment")]
    [InlineData("a/", "ends with a slash")]
    [InlineData("w\0.bin", "control character")]
    [InlineData("w\n", "control character")]
    [InlineData("w\u0085", "control character")]
    [InlineData("\u007F", "control character")]
    [InlineData("CON", "device CON")]
    [InlineData("nul", "device nul")]
    [InlineData("NUL.bin", "device NUL.bin")]
    [InlineData("a/aux.tar.gz", "device aux.tar.gz")]
    [InlineData("com1", "device com1")]
    [InlineData("LPT9.txt", "device LPT9.txt")]
    [InlineData("COM²", "device COM²")]
    [InlineData("conin$", "device conin$")]
    [InlineData("CON .txt", "device CON .txt")]
    [InlineData("...", "ends with a dot or a space")]
    [InlineData("w.", "ends with a dot or a space")]
    [InlineData("a /w", "ends with a dot or a space")]
    [InlineData("*/_ORT_MEM_ADDR_/*", "character *")]
    [InlineData("w?", "character ?")]
    [InlineData("a|b", "character |")]
    [InlineData("<a>", "character <")]
    [InlineData("\"a\"", "character \"")]
    public void Refuses_all_other_paths_and_says_why(string location, string reason)
    {
        Action validate = () => ExternalDataPath.Validate(location);

        validate.Should().Throw<OnnxFormatException>().Which.Message.Should().Contain(reason).And.Contain("'");
    }

    [Fact]
    public void Refuses_halves_of_characters()
    {
        foreach (string location in new[] { "a\uD800", "a\uDC00b", "\uDC00\uD800", "\uD800\uD800\uDC00" })
        {
            ExternalDataPath.FindFault(location).Should().Be("is not valid Unicode text");
        }
    }

    [Fact]
    public void Refuses_paths_that_are_too_long_or_too_deep()
    {
        ExternalDataPath.FindFault(new string('a', 1024)).Should().BeNull();
        ExternalDataPath.FindFault(new string('a', 1025)).Should().Contain("1024 bytes");
        ExternalDataPath.FindFault(new string('é', 512)).Should().BeNull();
        ExternalDataPath.FindFault(new string('é', 513)).Should().Contain("1024 bytes");
        ExternalDataPath.FindFault(string.Join('/', Enumerable.Repeat("a", 32))).Should().BeNull();
        ExternalDataPath.FindFault(string.Join('/', Enumerable.Repeat("a", 33))).Should().Contain("32 segments");
    }
}
