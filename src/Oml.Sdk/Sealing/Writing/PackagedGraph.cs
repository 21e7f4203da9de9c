using Microsoft.Win32.SafeHandles;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing.Baking;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>The ONNX graph of a package: what it needs, and its bytes as they are sealed.</summary>
internal sealed class PackagedGraph
{
    private readonly Func<(ReadOnlyMemory<byte> Bytes, IDisposable? Owner)> _open;
    private readonly string _name;
    private readonly string? _folder;
    private BakingPlan? _baked;

    private PackagedGraph(string name, Func<(ReadOnlyMemory<byte> Bytes, IDisposable? Owner)> open, string? folder)
    {
        _name = name;
        _open = open;
        _folder = folder;
        (ReadOnlyMemory<byte> bytes, IDisposable? owner) = open();
        using (owner)
        {
            OnnxModelScan scan = Scan(bytes, name);
            Locations = [.. LocationsOf(scan)];
            EPContextNodes = [.. scan.EpContextNodes];
            ForeignEPContextNodes = [.. scan.ForeignEpContextNodes];
            Length = Rewrite(scan).Length;
        }
    }

    /// <summary>The files that it keeps weights in.</summary>
    public IReadOnlyList<ExternalLocation> Locations { get; }

    public IReadOnlyList<string> EPContextNodes { get; }

    /// <summary>Those that keep their native code in a file.</summary>
    public IReadOnlyList<string> ForeignEPContextNodes { get; }

    /// <summary>The length of the graph as it is sealed.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it carries a licensee's fingerprint.</summary>
    public bool IsBaked => _baked is not null;

    /// <exception cref="SealedModelException">It is no ONNX graph, or breaks a rule.</exception>
    public static PackagedGraph FromBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, () => (bytes, null), null);

    /// <exception cref="SealedModelException">The file is missing, no ONNX graph, or breaks a rule.</exception>
    public static PackagedGraph FromFile(string path) => new(path, () => Map(path), Path.GetDirectoryName(Path.GetFullPath(path)));

    /// <summary>The path of an external file on the disk.</summary>
    /// <exception cref="SealedModelException">It is missing, or leaves the folder.</exception>
    public string Resolve(ExternalLocation location)
    {
        try
        {
            return ExternalDataLookup.Resolve(_folder!, location.Path, location.Tensor);
        }
        catch (Exception error) when (error is OnnxFormatException or FileNotFoundException)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, error.Message, error);
        }
    }

    /// <summary>Bakes a licensee's fingerprint in; what was read of the clean graph until now is no longer what it gives.</summary>
    /// <exception cref="BakingException">It cannot be marked.</exception>
    /// <exception cref="SealedModelException">The graph, or a file that it needs, is gone or changed.</exception>
    public BakingPlan Bake(FingerprintBaker baker, ulong fingerprintId)
    {
        (ReadOnlyMemory<byte> bytes, IDisposable? owner) = _open();
        using (owner)
        {
            OnnxModelScan scan = Scan(bytes, _name);
            FingerprintSubject subject = new(ModelId.Compute(bytes.Span), fingerprintId);
            try
            {
                BakingPlan plan = baker.Plan(scan, subject, _folder is null ? null : Read);
                int length = Rewrite(scan, plan).Length;
                _baked = plan;
                Length = length;
                return plan;
            }
            catch (OnnxFormatException error)
            {
                throw new BakingException(BakingFailure.InvalidModel, $"The ONNX graph '{_name}' cannot be marked: {error.Message}", error);
            }
        }
    }

    /// <summary>Opens the graph as it is sealed: with what a runtime must know while it loads moved into it.</summary>
    public Stream OpenRead()
    {
        (ReadOnlyMemory<byte> bytes, IDisposable? owner) = _open();
        try
        {
            OnnxModelScan scan = Scan(bytes, _name);
            return IsAsChecked(scan) && IsAsBaked(bytes) ? new PiecesStream(Rewrite(scan).Pieces, owner) : throw new SealedModelException(
                SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' changed after it was checked. Seal it again.");
        }
        catch
        {
            owner?.Dispose();
            throw;
        }
    }

    private static (ReadOnlyMemory<byte> Bytes, IDisposable? Owner) Map(string path)
    {
        MappedFile file = MappedFile.Open(path);
        return (file.Memory, file);
    }

    private static OnnxModelScan Scan(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            return OnnxModelScanner.Scan(bytes, int.MaxValue);
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The ONNX graph '{name}' cannot be sealed: {error.Message}", error);
        }
    }

    private bool IsAsChecked(OnnxModelScan scan) =>
        scan.EpContextNodes.SequenceEqual(EPContextNodes) && scan.ForeignEpContextNodes.SequenceEqual(ForeignEPContextNodes)
        && LocationsOf(scan).SequenceEqual(Locations);

    // The plan is of places in these bytes, and the key was derived for them.
    private bool IsAsBaked(ReadOnlyMemory<byte> bytes) => _baked is null || ModelId.Compute(bytes.Span) == _baked.Fingerprint.Subject.Model;

    private static IEnumerable<ExternalLocation> LocationsOf(OnnxModelScan scan) =>
        scan.ExternalTensors.GroupBy(tensor => tensor.Location, StringComparer.Ordinal)
            .Select(group => new ExternalLocation(group.Key, group.First().Name, group.Max(tensor => tensor.Offset + tensor.Length)));

    private OnnxModelRewriter Rewrite(OnnxModelScan scan) => Rewrite(scan, _baked);

    private OnnxModelRewriter Rewrite(OnnxModelScan scan, BakingPlan? baked)
    {
        try
        {
            return new OnnxModelRewriter(scan, Edits(scan, baked));
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' cannot be sealed: {error.Message}", error);
        }
    }

    private IEnumerable<ModelEdit> Edits(OnnxModelScan scan, BakingPlan? baked)
    {
        // The other files of a graph that came as bytes are not at hand here; it is sealed as it is.
        IEnumerable<ModelEdit> inlined = _folder is null
            ? []
            : scan.ExternalTensors.Where(tensor => InlinePolicy.MustBeInline(tensor) && tensor.Range != baked?.Edit?.Range)
                .Select(tensor => TensorEdit.ToInline(tensor, Read(tensor)));
        return baked?.Edit is { } edit ? [.. inlined, edit] : [.. inlined];
    }

    private byte[] Read(ExternalTensor tensor)
    {
        string path = Resolve(new ExternalLocation(tensor.Location, tensor.Name, 0));
        using SafeFileHandle file = File.OpenHandle(path);
        if (tensor.Length > int.MaxValue || tensor.Offset > RandomAccess.GetLength(file) - tensor.Length)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The tensor '{tensor.Name}' is at bytes {tensor.Offset} to {tensor.Offset + tensor.Length} of '{tensor.Location}', which has {RandomAccess.GetLength(file)}.");
        }

        byte[] data = new byte[tensor.Length];
        for (int done = 0; done < data.Length;)
        {
            int read = RandomAccess.Read(file, data.AsSpan(done), tensor.Offset + done);
            done += read > 0 ? read : throw new EndOfStreamException($"The file '{path}' was cut while it was read.");
        }

        return data;
    }
}
