using System.Collections.Immutable;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>Where the initializers that are moved out of a graph lie in the file beside it.</summary>
internal sealed class WeightsLayout
{
    // What vector instructions and the cache lines of processors like best.
    private const int Alignment = 64;

    private static readonly byte[] s_padding = new byte[Alignment];

    public WeightsLayout(IEnumerable<InlineTensor> tensors)
    {
        ImmutableArray<(InlineTensor, long)>.Builder places = ImmutableArray.CreateBuilder<(InlineTensor, long)>();
        foreach (InlineTensor tensor in tensors)
        {
            long offset = (Length + Alignment - 1) / Alignment * Alignment;
            places.Add((tensor, offset));
            Length = offset + tensor.Data.Length;
        }

        Places = places.DrainToImmutable();
    }

    /// <summary>Each tensor and where in the file it starts, in the order of the graph.</summary>
    public ImmutableArray<(InlineTensor Tensor, long Offset)> Places { get; }

    /// <summary>The length of the file.</summary>
    public long Length { get; }

    /// <summary>The same tensors at the same places in the graph and in the file.</summary>
    public bool IsSame(WeightsLayout other) => Places.Select(Describe).SequenceEqual(other.Places.Select(Describe));

    /// <summary>The file, as pieces of the graph's own memory.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> PiecesOf(ReadOnlyMemory<byte> graph)
    {
        List<ReadOnlyMemory<byte>> pieces = [];
        long position = 0;
        foreach ((InlineTensor tensor, long offset) in Places)
        {
            pieces.Add(s_padding.AsMemory(0, (int)(offset - position)));
            pieces.Add(graph.Slice(tensor.Data.Start, tensor.Data.Length));
            position = offset + tensor.Data.Length;
        }

        return pieces;
    }

    private static (string, ByteRange, long) Describe((InlineTensor Tensor, long Offset) place) => (place.Tensor.Name, place.Tensor.Data, place.Offset);
}
