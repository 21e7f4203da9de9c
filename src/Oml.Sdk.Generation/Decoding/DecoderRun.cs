using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>Runs a decoder over one text, step by step. Not thread-safe.</summary>
/// <remarks>
/// Between two steps it keeps the outputs of the first, whose cache the second is given where it lies: nothing is copied.
/// </remarks>
internal sealed class DecoderRun(OmlSession session, DecoderLayout layout) : IDisposable
{
    private InferenceOutputs? _outputs;
    private int _cached;
    private float[] _logits = [];

    /// <summary>The logits of the token that comes next, to be written to; valid until the next step.</summary>
    public Span<float> Logits => _logits;

    /// <summary>Runs the model once, for one unit, on the tokens that it has not seen; on all of them if it has no cache.</summary>
    public async ValueTask StepAsync(List<int> tokens, CancellationToken cancellationToken)
    {
        InferenceInputs inputs = CreateInputs(tokens);
        InferenceOutputs outputs = await session.InferAsync(inputs, cancellationToken).ConfigureAwait(false);
        _outputs?.Dispose();
        _outputs = outputs;
        ReadLogits(outputs[layout.Logits]);
        if (layout.HasCache)
        {
            _cached = tokens.Count;
            CheckCache(outputs);
        }
    }

    public void Dispose() => _outputs?.Dispose();

    private InferenceInputs CreateInputs(List<int> tokens)
    {
        InferenceInputs inputs = [];
        int fresh = tokens.Count - _cached;
        foreach (DecoderInput input in layout.Inputs)
        {
            TensorElementType type = input.Info.ElementType;
            inputs.Add(input.Info.Name, input.Role switch
            {
                DecoderRole.Tokens => IntegerTensors.Row(type, CollectionsMarshal.AsSpan(tokens)[_cached..]),
                DecoderRole.Mask => IntegerTensors.Constant(type, 1, tokens.Count),
                DecoderRole.Positions => IntegerTensors.Range(type, _cached, fresh),
                DecoderRole.UseCache => new InputTensor<bool>(new[] { _cached != 0 }, 1),
                _ => _cached == 0 ? EmptyCache.Create(input) : _outputs![input.Present].AsInput(),
            });
        }

        return inputs;
    }

    // A model with a shared buffer or a sliding window returns a cache of another length, which the mask would not fit.
    private void CheckCache(InferenceOutputs outputs)
    {
        foreach (DecoderInput input in layout.Inputs)
        {
            if (input.Role != DecoderRole.Past)
            {
                continue;
            }

            OutputTensor present = outputs[input.Present];
            if (present.Shape.Length != input.Info.Shape.Length || present.Shape[input.SequenceAxis] != _cached)
            {
                throw new UnsupportedModelException(
                    $"After {_cached} tokens the output '{present.Name}' has the dimensions [{string.Join(", ", present.Shape.ToArray())}]; " +
                    "a cache that grows by one with every token was expected.");
            }
        }
    }

    private void ReadLogits(OutputTensor output)
    {
        long vocabulary = output.RowLength;
        if (output.Shape.Length is not (2 or 3) || output.Shape[0] != 1 || vocabulary < 2 || output.Length < vocabulary)
        {
            throw new UnsupportedModelException(
                $"The output '{output.Name}' has the dimensions [{string.Join(", ", output.Shape.ToArray())}]; " +
                "[1, tokens, vocabulary] or [1, vocabulary] was expected.");
        }

        if (_logits.Length != vocabulary)
        {
            _logits = new float[vocabulary];
        }

        if (output.ElementType == TensorElementType.Float16)
        {
            TensorPrimitives.ConvertToSingle(output.GetSpan<Half>()[^_logits.Length..], _logits);
        }
        else
        {
            output.GetSpan<float>()[^_logits.Length..].CopyTo(_logits);
        }
    }
}
