using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions;

public sealed class InputDigestTests
{
    /// <summary>The digest of one input, x = Float32[1, 2] of 1 and -2.</summary>
    public const string WorkedExample = "b528f071ebeca04843efbb1fbd5d83975e907cad3035731719f5fc38a0de40d8";

    private static readonly InferenceInputs Plain = new InferenceInputs().Add("x", new float[] { 1, -2 }, 1, 2);

    public static TheoryData<string, InferenceInputs> Others => new()
    {
        { "another name", new InferenceInputs().Add("y", new float[] { 1, -2 }, 1, 2) },
        { "another element", new InferenceInputs().Add("x", new float[] { 1, -3 }, 1, 2) },
        { "the elements swapped", new InferenceInputs().Add("x", new float[] { -2, 1 }, 1, 2) },
        { "another shape", new InferenceInputs().Add("x", new float[] { 1, -2 }, 2, 1) },
        { "another rank", new InferenceInputs().Add("x", new float[] { 1, -2 }, 2) },
        { "another type of the same bits", new InferenceInputs().Add("x", new int[] { 0x3F800000, unchecked((int)0xC0000000) }, 1, 2) },
        { "one input more", new InferenceInputs().Add("x", new float[] { 1, -2 }, 1, 2).Add("y", Array.Empty<float>(), 0) },
        { "no inputs", [] },
    };

    [Fact]
    public void The_worked_example_is_what_the_specification_says()
    {
        byte[] message = [.. "oml input digest 1\0"u8, 1, 0, 0, 0, 1, 0, 0, 0, .. "x"u8, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];

        Convert.ToHexStringLower(SHA256.HashData(message)).Should().Be(WorkedExample);
        InputDigest.Compute(Plain).ToString().Should().Be(WorkedExample);
        InputDigest.Parse(WorkedExample).Should().Be(InputDigest.Compute(Plain));
    }

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Differs_for(string what, InferenceInputs inputs)
    {
        InputDigest.Compute(inputs).Should().NotBe(InputDigest.Compute(Plain), what);
    }

    [Fact]
    public void Every_element_type_is_hashed_as_its_little_endian_bytes()
    {
        Check(1, new float[] { float.NaN, -0f, 1e-45f }, BinaryPrimitives.WriteSingleLittleEndian);
        Check(2, new double[] { double.NaN, -0d, 5e-324 }, BinaryPrimitives.WriteDoubleLittleEndian);
        Check(3, new Half[] { Half.NaN, Half.NegativeZero, Half.Epsilon }, BinaryPrimitives.WriteHalfLittleEndian);
        Check(4, new sbyte[] { -1, 2 }, (bytes, value) => bytes[0] = (byte)value);
        Check(5, new byte[] { 1, 255 }, (bytes, value) => bytes[0] = value);
        Check(6, new short[] { -2, 300 }, BinaryPrimitives.WriteInt16LittleEndian);
        Check(7, new ushort[] { 1, 65535 }, BinaryPrimitives.WriteUInt16LittleEndian);
        Check(8, new int[] { -2, 70000 }, BinaryPrimitives.WriteInt32LittleEndian);
        Check(9, new uint[] { 1, uint.MaxValue }, BinaryPrimitives.WriteUInt32LittleEndian);
        Check(10, new long[] { long.MinValue, 1 }, BinaryPrimitives.WriteInt64LittleEndian);
        Check(11, new ulong[] { 1, ulong.MaxValue }, BinaryPrimitives.WriteUInt64LittleEndian);
        Check(12, new bool[] { true, false }, (bytes, value) => bytes[0] = value ? (byte)1 : (byte)0);
        Check(13, new string[] { "", "é", new string('x', 600) });
    }

    [Fact]
    public void The_bits_of_a_nan_count()
    {
        float other = BitConverter.UInt32BitsToSingle(0x7FC00001);

        InputDigest.Compute(new InferenceInputs().Add("x", new[] { float.NaN }, 1))
            .Should().NotBe(InputDigest.Compute(new InferenceInputs().Add("x", new[] { other }, 1)));
    }

    [Fact]
    public void Where_one_string_ends_and_the_next_begins_counts()
    {
        InputDigest.Compute(new InferenceInputs().Add("x", new[] { "ab", "c" }, 2))
            .Should().NotBe(InputDigest.Compute(new InferenceInputs().Add("x", new[] { "a", "bc" }, 2)));
    }

    [Fact]
    public void The_order_of_adding_does_not_count()
    {
        // U+E000 sorts after the surrogates in UTF-16, and before what they stand for in UTF-8.
        string[] names = ["b", "a", "ab", "\uE000", "\U00010000", "\u00E9", "aa"];
        InferenceInputs forth = [], back = [], sorted = [];
        foreach (string name in names)
        {
            forth.Add(name, InputTensor.Create<float>(new float[] { name.Length }, 1));
        }

        foreach (string name in names.Reverse())
        {
            back.Add(name, forth[name]);
        }

        foreach (string name in names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal))
        {
            sorted.Add(name, forth[name]);
        }

        InputDigest.Compute(back).Should().Be(InputDigest.Compute(forth));
        InputDigest.Compute(forth).ToString().Should().Be(Reference(sorted));
    }

    [Fact]
    public void Text_that_is_not_unicode_has_no_digest_and_leaves_nothing_behind()
    {
        InputDigest before = InputDigest.Compute(Plain);
        Action element = () => InputDigest.Compute(new InferenceInputs().Add("x", new[] { "a\ud800" }, 1));
        Action name = () => InputDigest.Compute(new InferenceInputs().Add("x\udc00", new float[1], 1));

        element.Should().Throw<InvalidInputException>().Which.InputName.Should().Be("x");
        name.Should().Throw<InvalidInputException>();
        InputDigest.Compute(Plain).Should().Be(before);
    }

    [Fact]
    public void Only_64_hexadecimal_digits_are_read()
    {
        foreach (string text in (string[])["", "00", new('g', 64), new('0', 63), new('0', 66)])
        {
            ((Action)(() => InputDigest.Parse(text))).Should().Throw<FormatException>();
        }

        ((Action)(() => _ = new InputDigest(new byte[31]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[100_000], 100_000).Add("b", new long[3], 3).Add("a", new[] { new string('é', 4000) }, 1);
        InputDigest.Compute(inputs);

        Allocations.Of(() => InputDigest.Compute(inputs)).Should().Be(0);
    }

    private delegate void Writer<T>(Span<byte> bytes, T value);

    private static void Check<T>(byte code, T[] elements, Writer<T>? write = null)
    {
        byte[] data = elements is string[] texts
            ? [.. texts.SelectMany(text => BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)).Concat(Encoding.UTF8.GetBytes(text)))]
            : [.. elements.SelectMany(element => Write(element, write!))];
        byte[] message = [.. "oml input digest 1\0"u8, 1, 0, 0, 0, 1, 0, 0, 0, .. "x"u8, code, 1, 0, 0, 0, .. BitConverter.GetBytes((long)elements.Length), .. data];

        InputDigest.Compute(new InferenceInputs().Add("x", elements, elements.Length)).ToString()
            .Should().Be(Convert.ToHexStringLower(SHA256.HashData(message)), typeof(T).Name);
    }

    private static byte[] Write<T>(T element, Writer<T> write)
    {
        byte[] bytes = new byte[System.Runtime.CompilerServices.Unsafe.SizeOf<T>()];
        write(bytes, element);
        return bytes;
    }

    // In the order given, for inputs of one float each.
    private static string Reference(InferenceInputs inputs)
    {
        List<byte> message = [.. "oml input digest 1\0"u8, .. BitConverter.GetBytes(inputs.Count)];
        foreach ((string name, InputTensor tensor) in inputs)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            message.AddRange([.. BitConverter.GetBytes(utf8.Length), .. utf8, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(((InputTensor<float>)tensor).Data.Span[0])]);
        }

        return Convert.ToHexStringLower(SHA256.HashData([.. message]));
    }
}
