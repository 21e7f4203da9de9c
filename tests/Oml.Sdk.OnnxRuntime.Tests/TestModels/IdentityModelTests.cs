using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.TestModels;

public sealed class IdentityModelTests
{
    [Fact]
    public void Returns_floats() => Returns([1.5f, float.NaN, -0f, float.MaxValue], OnnxType.Float);

    [Fact]
    public void Returns_doubles() => Returns([1.5d, double.Epsilon], OnnxType.Double);

    [Fact]
    public void Returns_halves() => Returns([(Float16)1.5f, (Float16)(-2f)], OnnxType.Float16);

    [Fact]
    public void Returns_signed_bytes() => Returns<sbyte>([sbyte.MinValue, 1], OnnxType.Int8);

    [Fact]
    public void Returns_bytes() => Returns<byte>([byte.MaxValue, 1], OnnxType.UInt8);

    [Fact]
    public void Returns_shorts() => Returns<short>([short.MinValue, 1], OnnxType.Int16);

    [Fact]
    public void Returns_unsigned_shorts() => Returns<ushort>([ushort.MaxValue, 1], OnnxType.UInt16);

    [Fact]
    public void Returns_integers() => Returns([int.MinValue, 1], OnnxType.Int32);

    [Fact]
    public void Returns_unsigned_integers() => Returns([uint.MaxValue, 1u], OnnxType.UInt32);

    [Fact]
    public void Returns_longs() => Returns([long.MinValue, 1L], OnnxType.Int64);

    [Fact]
    public void Returns_unsigned_longs() => Returns([ulong.MaxValue, 1ul], OnnxType.UInt64);

    [Fact]
    public void Returns_truth_values() => Returns([true, false], OnnxType.Bool);

    [Fact]
    public void Returns_strings()
    {
        using LoadedModel model = new(TestModel.Identity(OnnxType.String));
        using OrtValue x = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1, 2]);
        x.StringTensorSetElementAt("Ω one", 0);
        x.StringTensorSetElementAt("", 1);
        using RunOptions options = new();

        using IDisposableReadOnlyCollection<OrtValue> results = model.Session.Run(options, ["x"], [x], ["y"]);

        results[0].GetStringTensorAsArray().Should().Equal("Ω one", "");
    }

    [Fact]
    public void Covers_every_element_type()
    {
        foreach (OnnxType type in Enum.GetValues<OnnxType>())
        {
            using LoadedModel model = new(TestModel.Identity(type));

            model.Session.InputMetadata["x"].ElementDataType.Should().Be((TensorElementType)(int)type);
            model.Session.InputMetadata["x"].SymbolicDimensions.Should().Equal("batch", "n");
        }
    }

    private static void Returns<T>(T[] elements, OnnxType type)
        where T : unmanaged
    {
        using LoadedModel model = new(TestModel.Identity(type));

        T[] y = model.Run<T>("y", ("x", LoadedModel.Tensor(elements, 1, elements.Length)));

        y.Should().Equal(elements);
    }
}
