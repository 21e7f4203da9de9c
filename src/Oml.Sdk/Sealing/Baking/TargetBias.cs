using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>A constant that is added to a value in each row, and that nothing else reads.</summary>
internal sealed class TargetBias
{
    // The first version in which an initializer that is no input cannot be overridden by the caller.
    private const int FixedInitializers = 4;

    private readonly BakingTarget _target;
    private readonly byte[] _values;
    private readonly ByteRange _range;
    private readonly ExternalTensor? _external;
    private readonly double _factor;

    private TargetBias(BakingTarget target, byte[] values, ByteRange range, ExternalTensor? external, double factor)
    {
        _target = target;
        _values = values;
        _range = range;
        _external = external;
        _factor = factor;
    }

    /// <summary>How many elements it has: one for each element of a row.</summary>
    public int Length => _values.Length / OnnxFloats.Size(_target.Output.ElementType);

    /// <summary>Finds it; null if there is none of which all this is certain.</summary>
    public static TargetBias? Find(OnnxGraphView graph, OnnxModelScan scan, BakingTarget target, Func<ExternalTensor, byte[]>? readExternal)
    {
        OnnxNode producer = target.Producer;
        if (producer.Is("Gemm") && producer.Inputs is [_, _, var gemmBias])
        {
            return Of(gemmBias, producer.Beta);
        }

        return producer.Is("Add") && producer.Inputs is [var left, var right] ? Of(right, 1) ?? Of(left, 1) : null;

        TargetBias? Of(string name, float beta) => IsOnlyReadHere(graph, scan, name)
            && graph.TryFindInitializer(name, out TensorHeader tensor) && HasRowShape(in tensor, target)
            && Math.Abs(beta) is >= 1e-6f and <= 1e6f
                ? Read(in tensor, scan, target, 1 / (double)beta, readExternal)
                : null;
    }

    /// <summary>Plans to change it; nothing is left of the old values in the model.</summary>
    /// <exception cref="BakingException">Rounding would swallow the signs.</exception>
    public BakingPlan Plan(FingerprintSubject subject, ReadOnlySpan<sbyte> signs, double amplitude)
    {
        int type = _target.Output.ElementType;
        int size = OnnxFloats.Size(type);
        byte[] baked = [.. _values];
        double step = amplitude * _factor;
        int marked = 0;
        for (int i = 0; i < signs.Length; i++)
        {
            Span<byte> element = baked.AsSpan(i * size, size);
            double before = OnnxFloats.Read(type, element);
            OnnxFloats.Write(type, element, before + (signs[i] * step));
            double change = (OnnxFloats.Read(type, element) - before) * signs[i] / step;
            if (change is >= 0.5 and <= 1.5)
            {
                marked++;
            }
            else
            {
                // A mask, or what is not finite: it stays what it is.
                OnnxFloats.Write(type, element, before);
            }
        }

        if (marked < Math.Max(BakedLayout.LeastRowLength, signs.Length / 2))
        {
            throw new BakingException(
                BakingFailure.AmplitudeOutOfRange,
                $"The amplitude {amplitude} is lost in the rounding of the bias of the output {OnnxText.Quote(_target.Output.Name)}: " +
                $"only {marked} of {signs.Length} elements would change. Choose a larger one.");
        }

        // A runtime that gets small tensors with the graph must get these; what is in an external file is replaced there, too.
        bool isInGraph = _external is null || InlinePolicy.MustBeInline(_external);
        return new BakingPlan(
            new BakedFingerprint(subject, _target.Output.Name, amplitude, signs.Length, BakedPlacement.Bias, marked),
            isInGraph ? TensorEdit.Replace(_range, "the bias", baked) : null,
            _external is null ? null : new ExternalOverlay(_external, baked));
    }

    private static bool IsOnlyReadHere(OnnxGraphView graph, OnnxModelScan scan, string name) =>
        name.Length > 0 && graph.CountUses(name) == 1 && (scan.IrVersion < FixedInitializers || !scan.InputNames.Contains(name));

    private static bool HasRowShape(in TensorHeader tensor, BakingTarget target)
    {
        ReadOnlySpan<long> dims = tensor.ReadDims().AsSpan();
        return tensor.ElementType == target.Output.ElementType
            && dims is [.. var rest, var length]
            && rest.IndexOfAnyExcept(1L) < 0
            && (target.RowLength is { } declared ? length == declared : length > 1)
            && length <= BakedLayout.MaxRowLength;
    }

    private static TargetBias? Read(
        in TensorHeader tensor, OnnxModelScan scan, BakingTarget target, double factor, Func<ExternalTensor, byte[]>? readExternal)
    {
        long length = OnnxElementType.ByteLength(tensor.ElementType, tensor.ReadDims().AsSpan()) ?? 0;
        if (tensor.IsExternal)
        {
            ByteRange range = tensor.Range;
            ExternalTensor external = scan.ExternalTensors.First(external => external.Range == range);
            return readExternal is null || scan.ExternalTensors.Any(other => other != external && Overlap(external, other))
                ? null
                : new TargetBias(target, readExternal(external), range, external, factor);
        }

        ByteRange? values = tensor.HasTypedValues ? PackedValues(in tensor) : tensor.RawData;
        return values is { } found && found.Length == length
            ? new TargetBias(target, tensor.Start.Slice(found).ToArray(), tensor.Range, null, factor)
            : null;
    }

    private static bool Overlap(ExternalTensor one, ExternalTensor other) =>
        one.Location == other.Location && one.Offset < other.Offset + other.Length && other.Offset < one.Offset + one.Length;

    // A packed list of floats or doubles is laid out as raw data is; halves are not. Null if there is anything else.
    private static ByteRange? PackedValues(in TensorHeader tensor)
    {
        int list = tensor.ElementType switch
        {
            OnnxElementType.Float => OnnxFields.TensorFloatData,
            OnnxElementType.Double => OnnxFields.TensorDoubleData,
            _ => 0,
        };
        ByteRange? values = null;
        ProtobufReader reader = tensor.Start;
        while (reader.Next())
        {
            if (reader.Field == list && reader.WireType == ProtobufWireType.LengthDelimited && values is null)
            {
                values = reader.Bytes();
                continue;
            }

            bool isOther = reader.Field == list || reader.Field is OnnxFields.TensorSegment or OnnxFields.TensorRawData
                or OnnxFields.TensorFloatData or OnnxFields.TensorInt32Data or OnnxFields.TensorDoubleData;
            reader.Skip();
            if (isOther)
            {
                return null;
            }
        }

        return values;
    }
}
