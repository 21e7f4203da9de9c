using System.Buffers;
using System.Runtime.InteropServices;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Inference;

public sealed class OutputAsInputTests
{
    [Fact]
    public void Is_the_same_memory()
    {
        float[] data = [1, 2, 3, 4, 5, 6];
        OutputTensor output = OutputTensor.Create("state", data, 2, 3);

        var input = (InputTensor<float>)output.AsInput();
        output.GetSpan<float>()[4] = 42;

        input.Shape.ToArray().Should().Equal(2, 3);
        input.Data.Span[4].Should().Be(42);
        PinnedAt(input.Data[2..]).Should().Equal(3, 4, 42, 6);
    }

    [Fact]
    public void Takes_every_element_type()
    {
        OutputTensor[] outputs =
        [
            OutputTensor.Create("x", new float[2], 2), OutputTensor.Create("x", new double[2], 2), OutputTensor.Create("x", new Half[2], 2),
            OutputTensor.Create("x", new sbyte[2], 2), OutputTensor.Create("x", new byte[2], 2), OutputTensor.Create("x", new short[2], 2),
            OutputTensor.Create("x", new ushort[2], 2), OutputTensor.Create("x", new int[2], 2), OutputTensor.Create("x", new uint[2], 2),
            OutputTensor.Create("x", new long[2], 2), OutputTensor.Create("x", new ulong[2], 2), OutputTensor.Create("x", new bool[2], 2),
            OutputTensor.Create("x", new[] { "a", "b" }, 2),
        ];

        outputs.Select(output => output.ElementType).Should().BeEquivalentTo(Enum.GetValues<TensorElementType>());
        outputs.Should().OnlyContain(output => output.AsInput().ElementType == output.ElementType && output.AsInput().Length == 2);
    }

    [Fact]
    public void Cannot_be_read_or_pinned_once_the_outputs_are_disposed()
    {
        InferenceOutputs outputs = new([OutputTensor.Create("state", new float[4], 4)]);
        var input = (InputTensor<float>)outputs[0].AsInput();
        Func<int> read = () => input.Data.Span.Length;
        Action pin = () => input.Pin().Dispose();
        Action anew = () => outputs[0].AsInput();

        outputs.Dispose();

        read.Should().Throw<ObjectDisposedException>();
        pin.Should().Throw<ObjectDisposedException>();
        anew.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Is_pinned_as_a_copy_by_backends_that_do_not_say_how()
    {
        OutputTensor output = new MovableTensor([1, 2, 3]);

        PinnedAt(((InputTensor<int>)output.AsInput()).Data[1..]).Should().Equal(2, 3);
    }

    private static unsafe T[] PinnedAt<T>(ReadOnlyMemory<T> memory)
        where T : unmanaged
    {
        using MemoryHandle pin = memory.Pin();
        return new ReadOnlySpan<T>(pin.Pointer, memory.Length).ToArray();
    }

    private sealed class MovableTensor(int[] data) : OutputTensor("x", TensorElementType.Int32, [data.Length])
    {
        protected override Span<byte> GetBytes() => MemoryMarshal.AsBytes(data.AsSpan());

        protected override string[] GetStringsCore() => throw new NotSupportedException();
    }
}
