using System.Buffers;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Writes a model anew with some messages changed, as tensors whose values are to be elsewhere; all else is copied byte for byte.</summary>
/// <remarks>
/// A message is found again by its place alone: whichever message's value holds that place is entered, so that the rewriter needs no
/// knowledge of which fields nest, and the length of each message on the way is corrected.
/// </remarks>
internal sealed class OnnxModelRewriter
{
    private readonly ReadOnlyMemory<byte> _model;
    private readonly List<Splice> _splices = [];

    /// <summary>Plans the edits of a model.</summary>
    /// <param name="scan">The model.</param>
    /// <param name="edits">Edits of tensors of that scan and of other messages of the model, each at most once and none inside another.</param>
    /// <exception cref="ArgumentException">An edit is of another scan, or two are of one message.</exception>
    /// <exception cref="OnnxFormatException">The model would be longer than its format allows.</exception>
    public OnnxModelRewriter(OnnxModelScan scan, IEnumerable<ModelEdit> edits)
    {
        _model = scan.Model;
        ModelEdit[] sorted = [.. edits.OrderBy(edit => edit.Range.Start)];
        Check(scan, sorted);
        long length = _model.Length + Enter(new ProtobufReader(_model.Span), sorted);
        Length = length <= Array.MaxLength ? (int)length : throw new OnnxFormatException(
            $"The model would be {length} bytes long, and 2 GiB is the limit of its format: leave more of its values in other files.");
    }

    /// <summary>How long the new model is.</summary>
    public int Length { get; }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        using MemoryStream stream = new(bytes);
        Write(stream);
        return bytes;
    }

    /// <summary>The new model as pieces of the old one and of what is put in; they are the model's own memory.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces
    {
        get
        {
            List<ReadOnlyMemory<byte>> pieces = [];
            int position = 0;
            foreach (Splice splice in _splices)
            {
                pieces.Add(_model[position..splice.Position]);
                pieces.Add(splice.Inserted);
                position = splice.Position + splice.Removed;
            }

            pieces.Add(_model[position..]);
            return pieces;
        }
    }

    public void Write(Stream stream)
    {
        foreach (ReadOnlyMemory<byte> piece in Pieces)
        {
            stream.Write(piece.Span);
        }
    }

    private static void Check(OnnxModelScan scan, ReadOnlySpan<ModelEdit> edits)
    {
        HashSet<object> known = new([.. scan.ExternalTensors, .. scan.LargeInlineTensors], ReferenceEqualityComparer.Instance);
        int end = 0;
        foreach (ModelEdit edit in edits)
        {
            bool isKnown = edit is not TensorEdit { Tensor: { } tensor } || known.Remove(tensor);
            if (!isKnown || edit.Range.Start < end)
            {
                throw new ArgumentException(
                    $"The edit of {OnnxText.Quote(edit.Name)} is of another scan, or the second one of its message.", nameof(edits));
            }

            end = edit.Range.End;
        }
    }

    // Returns by how much the message grows.
    private long Enter(ProtobufReader reader, ReadOnlySpan<ModelEdit> edits)
    {
        long growth = 0;
        while (!edits.IsEmpty && reader.Next())
        {
            if (reader.WireType != ProtobufWireType.LengthDelimited)
            {
                reader.Skip();
                continue;
            }

            ProtobufReader inner = reader;
            ByteRange value = reader.Bytes();
            int count = 0;
            while (count < edits.Length && value.Contains(edits[count].Range))
            {
                count++;
            }

            if (count > 0)
            {
                growth += Replace(inner, value, edits[..count]);
                edits = edits[count..];
            }
        }

        return growth;
    }

    private long Replace(ProtobufReader field, ByteRange value, ReadOnlySpan<ModelEdit> edits)
    {
        // The length comes before the value and depends on it: its place in the list is kept until it is known.
        int place = _splices.Count;
        _splices.Add(default);
        ProtobufReader message = field.Message();
        bool isWhole = edits[0].Range == value;
        long growth = isWhole ? edits[0].AddSplices(message, _splices) : Enter(message, edits);
        ArrayBufferWriter<byte> length = new();
        ProtobufFields.WriteVarint(length, (ulong)(value.Length + growth));
        int before = value.Start - field.ValueStart;
        _splices[place] = new Splice(field.ValueStart, before, length.WrittenMemory);
        if (isWhole && !edits[0].After.IsEmpty)
        {
            _splices.Add(new Splice(value.End, 0, edits[0].After));
            growth += edits[0].After.Length;
        }

        return growth + length.WrittenCount - before;
    }
}
