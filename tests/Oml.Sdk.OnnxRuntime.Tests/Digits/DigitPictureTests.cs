using System.Text;
using QuickStart.Digits;

namespace Oml.Sdk.OnnxRuntime.Tests.Digits;

public sealed class DigitPictureTests
{
    private readonly float[] _picture = new DigitRenderer(7).Render(8);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Is_14_lines_of_28_characters(bool unicode)
    {
        string[] lines = DigitPicture.ToText(_picture, unicode).Split('\n');

        lines.Should().HaveCount(15);
        lines[..14].Should().OnlyContain(line => line.Length == 28);
        lines[14].Should().BeEmpty();
    }

    [Fact]
    public void Shows_two_pixels_in_a_character()
    {
        float[] picture = new float[DigitRenderer.Pixels];
        picture[0] = picture[28 + 1] = picture[2] = picture[28 + 2] = 1;

        DigitPicture.ToText(picture, unicode: true).Should().StartWith("▀▄█ ");
        DigitPicture.ToText(picture, unicode: false).Should().StartWith("++@ ");
    }

    [Fact]
    public void Prints_half_blocks_only_where_the_encoding_has_them()
    {
        Printed(Encoding.UTF8).Should().Contain("█");
        Printed(Encoding.ASCII).Should().NotContain("?").And.Contain("@").And.Match(text => text.All(char.IsAscii));
        Printed(Encoding.Latin1).Should().Match(text => text.All(char.IsAscii));
    }

    [Fact]
    public void Shows_faint_ink_as_well()
    {
        float[] faint = [.. _picture.Select(pixel => pixel / 4)];

        DigitPicture.ToText(faint, unicode: true).Should().Be(DigitPicture.ToText(_picture, unicode: true));
    }

    private string Printed(Encoding encoding)
    {
        using MemoryStream memory = new();
        using (StreamWriter writer = new(memory, encoding))
        {
            DigitPicture.Print(_picture, writer);
        }

        return encoding.GetString(memory.ToArray());
    }
}
