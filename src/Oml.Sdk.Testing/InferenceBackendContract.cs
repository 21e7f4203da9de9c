using System.Buffers;
using System.Runtime.InteropServices;
using Oml.Sdk.Inference;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>What every <see cref="IInferenceBackend"/> must hold. Derive from it and return yours, over a model of your choice.</summary>
public abstract class InferenceBackendContract
{
    /// <summary>Loads a model whose first output is of a fixed-size element type and depends on its first input.</summary>
    /// <returns>The backend.</returns>
    protected abstract ValueTask<IInferenceBackend> CreateBackendAsync();

    /// <summary>Makes inputs that fit the model; equal seeds give equal values, different seeds different outputs.</summary>
    /// <param name="seed">Any number.</param>
    /// <returns>New inputs over memory of their own.</returns>
    protected abstract InferenceInputs CreateInputs(int seed);

    /// <summary>The outputs come in the order and with the types and shapes that were declared.</summary>
    [Fact]
    public async Task Returns_the_outputs_that_it_declares()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();
        using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));

        Assert.Equal(backend.Signature.Outputs.Length, outputs.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            Assert.Equal(backend.Signature.Outputs[i].Name, outputs[i].Name);
            Assert.Equal(backend.Signature.Outputs[i].ElementType, outputs[i].ElementType);
            Assert.Same(outputs[i], outputs[outputs[i].Name]);
        }

        Assert.NotEmpty(backend.ExecutionProvider);
    }

    /// <summary>Writing to one call's output leaves other calls and the inputs alone.</summary>
    [Fact]
    public async Task Gives_each_call_outputs_of_its_own()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();
        InferenceInputs inputs = CreateInputs(1);
        using InferenceOutputs first = await backend.InferAsync(inputs);
        byte[] expected = Bytes(first[0]).ToArray();

        Bytes(first[0]).Fill(0xA5);
        using InferenceOutputs second = await backend.InferAsync(inputs);

        Assert.Equal(expected, Bytes(second[0]).ToArray());
        Assert.True(Bytes(first[0]).IndexOfAnyExcept((byte)0xA5) < 0);
    }

    /// <summary>An output is an input of another call over the same memory, which stays where it is while it is pinned.</summary>
    [Fact]
    public async Task Lets_an_output_be_an_input()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();
        using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));
        InputTensor input = outputs[0].AsInput();

        Assert.Equal(outputs[0].ElementType, input.ElementType);
        Assert.Equal(outputs[0].Shape, input.Shape);
        using (MemoryHandle pin = input.Pin())
        {
            Assert.Equal(Bytes(outputs[0]).ToArray(), Read(pin, Bytes(outputs[0]).Length));
        }

        outputs.Dispose();
        Assert.Throws<ObjectDisposedException>(() => input.Pin());
    }

    /// <summary>Callers at the same time get what each would get alone.</summary>
    [Fact]
    public async Task Serves_many_callers_at_once()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();
        byte[][] expected = new byte[8][];
        for (int seed = 0; seed < expected.Length; seed++)
        {
            using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(seed));
            expected[seed] = Bytes(outputs[0]).ToArray();
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (call, _) =>
        {
            using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(call % expected.Length), CancellationToken.None);
            Assert.Equal(expected[call % expected.Length], Bytes(outputs[0]).ToArray());
        });
    }

    /// <summary>A cancelled call does not run.</summary>
    [Fact]
    public async Task Does_not_run_a_cancelled_call()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await backend.InferAsync(CreateInputs(1), new CancellationToken(canceled: true)));
    }

    /// <summary>A missing input is named, and the backend works on.</summary>
    [Fact]
    public async Task Names_a_missing_input_and_works_on()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();

        InvalidInputException error = await Assert.ThrowsAsync<InvalidInputException>(async () => await backend.InferAsync([]));

        Assert.Equal(backend.Signature.Inputs[0].Name, error.InputName);
        using InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));
        Assert.NotEmpty(outputs);
    }

    /// <summary>Outputs cannot be read once they were given back.</summary>
    [Fact]
    public async Task Refuses_to_read_disposed_outputs()
    {
        await using IInferenceBackend backend = await CreateBackendAsync();
        InferenceOutputs outputs = await backend.InferAsync(CreateInputs(1));
        OutputTensor tensor = outputs[0];

        outputs.Dispose();
        outputs.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Bytes(tensor).Length);
    }

    /// <summary>A disposed backend refuses calls; disposing twice is fine.</summary>
    [Fact]
    public async Task Refuses_calls_once_disposed()
    {
        IInferenceBackend backend = await CreateBackendAsync();
        await backend.DisposeAsync();
        await backend.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await backend.InferAsync(CreateInputs(1)));
    }

    private static unsafe byte[] Read(MemoryHandle pin, int length) => new ReadOnlySpan<byte>(pin.Pointer, length).ToArray();

    private static Span<byte> Bytes(OutputTensor tensor) => tensor.ElementType switch
    {
        TensorElementType.Float32 => MemoryMarshal.AsBytes(tensor.GetSpan<float>()),
        TensorElementType.Float64 => MemoryMarshal.AsBytes(tensor.GetSpan<double>()),
        TensorElementType.Float16 => MemoryMarshal.AsBytes(tensor.GetSpan<Half>()),
        TensorElementType.Int32 => MemoryMarshal.AsBytes(tensor.GetSpan<int>()),
        TensorElementType.Int64 => MemoryMarshal.AsBytes(tensor.GetSpan<long>()),
        TensorElementType.UInt8 => tensor.GetSpan<byte>(),
        _ => throw new NotSupportedException($"Choose a model for the suite whose first output is not of type {tensor.ElementType}."),
    };
}
