using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>The same model in ONNX Runtime alone: the runs of one text and nothing else, as a careful user would write them.</summary>
/// <remarks>The cache goes from run to run where it lies. Tokens are given beforehand: nothing is chosen.</remarks>
internal sealed class BareDecoder : IDisposable
{
    private const int Layers = 5;

    private static readonly string[] Inputs =
        ["input_ids", "position_ids", "attention_mask", .. Enumerable.Range(0, Layers).Select(layer => $"past_{layer}")];

    private static readonly string[] Outputs = ["logits", .. Enumerable.Range(0, Layers).Select(layer => $"present_{layer}")];

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly int[] _prompt;
    private readonly int[] _token = [0];
    private readonly int[] _position = [0];
    private readonly int[] _mask;
    private readonly OrtValue[] _values = new OrtValue[Inputs.Length];

    public BareDecoder(InferenceSession session, int[] prompt, int tokens)
    {
        _session = session;
        _prompt = prompt;
        _mask = [.. Enumerable.Repeat(1, prompt.Length + tokens)];
        Tokens = tokens;
    }

    /// <summary>Tokens of a text: as many runs, of which the first takes the prompt.</summary>
    public int Tokens { get; }

    /// <summary>Runs the model for one text.</summary>
    /// <returns>A logit, so that something is read.</returns>
    public float Write()
    {
        IDisposableReadOnlyCollection<OrtValue> outputs = First();
        float read = 0;
        for (int length = _prompt.Length + 1; length < _prompt.Length + Tokens; length++)
        {
            _token[0] = length;
            _position[0] = length - 1;
            IDisposableReadOnlyCollection<OrtValue> next = Run(_token, _position, length, outputs);
            outputs.Dispose();
            outputs = next;
            read += outputs[0].GetTensorDataAsSpan<float>()[0];
        }

        outputs.Dispose();
        return read;
    }

    public void Dispose() => _options.Dispose();

    private IDisposableReadOnlyCollection<OrtValue> First() =>
        Run(_prompt, [.. Enumerable.Range(0, _prompt.Length)], _prompt.Length, null);

    private IDisposableReadOnlyCollection<OrtValue> Run(int[] tokens, int[] positions, int length, IReadOnlyList<OrtValue>? before)
    {
        using OrtValue ids = OrtValue.CreateTensorValueFromMemory(tokens, [1, tokens.Length]);
        using OrtValue places = OrtValue.CreateTensorValueFromMemory(positions, [1, tokens.Length]);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _mask.AsMemory(0, length), [1, length]);
        (_values[0], _values[1], _values[2]) = (ids, places, mask);
        for (int layer = 0; layer < Layers; layer++)
        {
            _values[3 + layer] = before is null
                ? OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [2, 1, 4, 0, 8])
                : before[1 + layer];
        }

        IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, Inputs, _values, Outputs);
        for (int layer = 0; before is null && layer < Layers; layer++)
        {
            _values[3 + layer].Dispose();
        }

        return outputs;
    }
}
