using System.Numerics.Tensors;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Licensees who average their answers; one alone is one, too.</summary>
internal sealed class Coalition : IDisposable
{
    private readonly CarrierKey[] _keys;
    private readonly IFingerprintEmbedder[] _embedders;

    /// <param name="keys">The keys of its members, which it disposes.</param>
    /// <param name="kind">What they mark.</param>
    public Coalition(CarrierKey[] keys, RowKind kind)
    {
        _keys = keys;
        _embedders = [.. keys.Select(key => PowerTrial.Embedder(key, kind))];
    }

    /// <summary>The keys of its members.</summary>
    public IReadOnlyList<CarrierKey> Keys => _keys;

    /// <summary>The mean of the members' answers.</summary>
    public float[] Mark(float[] clean)
    {
        float[] mean = PowerTrial.Mark(_embedders[0], clean);
        foreach (IFingerprintEmbedder embedder in _embedders.Skip(1))
        {
            TensorPrimitives.Add<float>(mean, PowerTrial.Mark(embedder, clean), mean);
        }

        TensorPrimitives.Divide(mean, _embedders.Length, mean);
        return mean;
    }

    public void Dispose()
    {
        Array.ForEach(_embedders, embedder => embedder.Dispose());
        Array.ForEach(_keys, key => key.Dispose());
    }
}
