using System.Collections.Immutable;
using System.Text;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Checks and collects the tensors that a scan is for; all others pass unread.</summary>
/// <param name="largeInlineBytes">From how many bytes of raw data an initializer is large.</param>
internal sealed class TensorCollector(int largeInlineBytes)
{
    private readonly ImmutableArray<ExternalTensor>.Builder _external = ImmutableArray.CreateBuilder<ExternalTensor>();
    private readonly ImmutableArray<InlineTensor>.Builder _inline = ImmutableArray.CreateBuilder<InlineTensor>();
    private string _lastLocation = string.Empty;

    public ImmutableArray<ExternalTensor> TakeExternal() => _external.DrainToImmutable();

    public ImmutableArray<InlineTensor> TakeInline() => _inline.DrainToImmutable();

    public void Add(in TensorHeader tensor, bool isTopLevelInitializer)
    {
        if (tensor.IsExternal)
        {
            AddExternal(in tensor, isTopLevelInitializer);
        }
        else if (isTopLevelInitializer && tensor.RawData is { } data && data.Length >= largeInlineBytes && !tensor.HasTypedValues)
        {
            AddInline(in tensor, data);
        }
    }

    /// <summary>Refuses two initializers of one name where the values of one are to be handed over by name.</summary>
    public void CheckNames()
    {
        HashSet<string> names = new(_external.Count + _inline.Count, StringComparer.Ordinal);
        foreach (ExternalTensor tensor in _external)
        {
            if (tensor.IsTopLevelInitializer)
            {
                Add(names, tensor.Name, tensor.Range);
            }
        }

        foreach (InlineTensor tensor in _inline)
        {
            Add(names, tensor.Name, tensor.Range);
        }
    }

    private static void Add(HashSet<string> names, string name, ByteRange range)
    {
        if (name.Length == 0)
        {
            throw new OnnxFormatException("An initializer has no name.", range.Start);
        }

        if (!names.Add(name))
        {
            throw new OnnxFormatException($"Two initializers have the name {OnnxText.Quote(name)}.", range.Start);
        }
    }

    private void AddExternal(in TensorHeader tensor, bool isTopLevelInitializer)
    {
        if (tensor.ElementType == OnnxElementType.String)
        {
            throw tensor.Fault("is of strings, which cannot be external");
        }

        if (OnnxElementType.Bits(tensor.ElementType) == 0)
        {
            throw tensor.Fault($"has the element type {tensor.ElementType}, which is not known");
        }

        if (tensor.HasTypedValues || tensor.RawData is { Length: > 0 })
        {
            throw tensor.Fault("is external and has values in the model too");
        }

        ExternalDataEntries entries = ExternalDataEntries.Read(in tensor);
        ImmutableArray<long> dims = tensor.ReadDims();
        long offset = entries.Offset ?? 0;
        long length = RequireLength(in tensor, dims);
        if (entries.Length is { } stated && stated != length)
        {
            throw tensor.Fault($"has external data of {stated} bytes, but its type and dimensions need {length}");
        }

        if (offset > long.MaxValue - length)
        {
            throw tensor.Fault("has external data that would end after 2^63 - 1 bytes");
        }

        _external.Add(new ExternalTensor
        {
            Name = tensor.ReadName(),
            ElementType = tensor.ElementType,
            Dims = dims,
            Location = ReadLocation(in tensor, entries.Location),
            Offset = offset,
            Length = length,
            IsTopLevelInitializer = isTopLevelInitializer,
            Range = tensor.Range,
        });
    }

    // A tensor that contradicts itself here is the runtime's to refuse: it stays as it is.
    private void AddInline(in TensorHeader tensor, ByteRange data)
    {
        if (OnnxElementType.Bits(tensor.ElementType) == 0)
        {
            return;
        }

        ImmutableArray<long> dims = tensor.ReadDims();
        if (!HasNegative(dims) && OnnxElementType.ByteLength(tensor.ElementType, dims.AsSpan()) == data.Length)
        {
            _inline.Add(new InlineTensor
            {
                Name = tensor.ReadName(),
                ElementType = tensor.ElementType,
                Dims = dims,
                Data = data,
                Range = tensor.Range,
            });
        }
    }

    private static long RequireLength(in TensorHeader tensor, ImmutableArray<long> dims)
    {
        if (HasNegative(dims))
        {
            throw tensor.Fault("has a negative dimension");
        }

        return OnnxElementType.ByteLength(tensor.ElementType, dims.AsSpan())
            ?? throw tensor.Fault("has dimensions whose product is beyond 2^63 - 1 bytes");
    }

    private static bool HasNegative(ImmutableArray<long> dims)
    {
        foreach (long dim in dims)
        {
            if (dim < 0)
            {
                return true;
            }
        }

        return false;
    }

    // Nearly always the same file as before, so its name is made once.
    private string ReadLocation(in TensorHeader tensor, ByteRange? range)
    {
        if (range is not { } location)
        {
            throw tensor.Fault("is external and has no location");
        }

        ReadOnlySpan<byte> utf8 = tensor.Start.Slice(location);
        if (utf8.Length <= ExternalDataPath.MaxBytes)
        {
            Span<byte> last = stackalloc byte[ExternalDataPath.MaxBytes];
            int length = Encoding.UTF8.GetBytes(_lastLocation, last);
            if (utf8.SequenceEqual(last[..length]) && length > 0)
            {
                return _lastLocation;
            }
        }

        string text = tensor.Start.TextAt(location);
        if (ExternalDataPath.FindFault(text) is { } fault)
        {
            throw tensor.Fault($"has external data in {OnnxText.Quote(text)}, which {fault}");
        }

        return _lastLocation = text;
    }
}
