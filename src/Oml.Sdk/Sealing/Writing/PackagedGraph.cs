using Microsoft.Win32.SafeHandles;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing.Baking;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>The ONNX graph of a package: what it needs, and its bytes as they are sealed.</summary>
internal sealed class PackagedGraph
{
    private readonly Func<(ReadOnlyMemory<byte> Bytes, MappedFile? File)> _open;
    private readonly string _name;
    private readonly string? _folder;
    private readonly bool _separatesWeights;
    private BakingPlan? _baked;
    private WeightsLayout _weights;

    private PackagedGraph(string name, Func<(ReadOnlyMemory<byte> Bytes, MappedFile? File)> open, string? folder, bool separatesWeights)
    {
        _name = name;
        _separatesWeights = separatesWeights;
        _open = open;
        _folder = folder;
        (ReadOnlyMemory<byte> bytes, MappedFile? file) = open();
        using (file)
        {
            OnnxModelScan scan = Scan(bytes);
            Locations = [.. LocationsOf(scan)];
            EPContextNodes = [.. scan.EpContextNodes];
            ForeignEPContextNodes = [.. scan.ForeignEpContextNodes];
            WeightsName = FreeName();
            _weights = Layout(scan, null);
            Length = Rewrite(scan, null, _weights).Length;
        }
    }

    /// <summary>The files that it keeps weights in.</summary>
    public IReadOnlyList<ExternalLocation> Locations { get; }

    public IReadOnlyList<string> EPContextNodes { get; }

    /// <summary>Those that keep their native code in a file.</summary>
    public IReadOnlyList<string> ForeignEPContextNodes { get; }

    /// <summary>The length of the graph as it is sealed.</summary>
    public int Length { get; private set; }

    /// <summary>The name, beside the graph, of the file for the weights that are moved out of it.</summary>
    public string WeightsName { get; }

    /// <summary>The length of that file; 0 when nothing is moved.</summary>
    public long WeightsLength => _weights.Length;

    /// <summary>Whether it carries a licensee's fingerprint.</summary>
    public bool IsBaked => _baked is not null;

    /// <exception cref="SealedModelException">It is no ONNX graph, or breaks a rule.</exception>
    public static PackagedGraph FromBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, () => (bytes, null), null, false);

    /// <exception cref="SealedModelException">The file is missing, no ONNX graph, or breaks a rule.</exception>
    public static PackagedGraph FromFile(string path, bool separatesWeights) =>
        new(path, () => Map(path), Path.GetDirectoryName(Path.GetFullPath(path)), separatesWeights);

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
        (ReadOnlyMemory<byte> bytes, MappedFile? file) = _open();
        using (file)
        {
            OnnxModelScan scan = Scan(bytes);
            FingerprintSubject subject = new(ModelId.Compute(bytes.Span), fingerprintId);
            try
            {
                BakingPlan plan = baker.Plan(scan, subject, _folder is null ? null : Read);
                WeightsLayout weights = Layout(scan, plan);
                int length = Rewrite(scan, plan, weights).Length;
                _baked = plan;
                _weights = weights;
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
    public Stream OpenRead() => Open(scan => Rewrite(scan, _baked, Layout(scan, _baked)).Pieces);

    /// <summary>Opens the file of the weights that are moved out of the graph.</summary>
    public Stream OpenWeights() => Open(scan => Layout(scan, _baked).PiecesOf(scan.Model));

    private PiecesStream Open(Func<OnnxModelScan, IReadOnlyList<ReadOnlyMemory<byte>>> pieces)
    {
        (ReadOnlyMemory<byte> bytes, MappedFile? file) = _open();
        try
        {
            OnnxModelScan scan = Scan(bytes);
            return IsAsChecked(scan) && IsAsBaked(bytes) ? new PiecesStream(pieces(scan), file) : throw new SealedModelException(
                SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' changed after it was checked. Seal it again.");
        }
        catch
        {
            (file as IDisposable)?.Dispose();
            throw;
        }
    }

    private static (ReadOnlyMemory<byte> Bytes, MappedFile? File) Map(string path)
    {
        MappedFile file = MappedFile.Open(path);
        return (file.Memory, file);
    }

    // What is beside the graph, or will be, has its name.
    private string FreeName()
    {
        string name = Path.GetFileName(_name);
        for (int i = 1; ; i++)
        {
            string free = i == 1 ? $"{name}.weights" : $"{name}.weights{i}";
            bool isTaken = (_folder is not null && Path.Exists(Path.Combine(_folder, free)))
                || Locations.Any(location => location.Path.Split('/')[0].Equals(free, StringComparison.OrdinalIgnoreCase));
            if (!isTaken)
            {
                return free;
            }
        }
    }

    private WeightsLayout Layout(OnnxModelScan scan, BakingPlan? baked) =>
        new(_separatesWeights ? MovableTensors.In(scan).Where(tensor => tensor.Range != baked?.Edit?.Range) : []);

    private OnnxModelScan Scan(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return OnnxModelScanner.Scan(bytes, _separatesWeights ? InlinePolicy.MovedBytes : int.MaxValue);
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' cannot be sealed: {error.Message}", error);
        }
    }

    private bool IsAsChecked(OnnxModelScan scan) =>
        scan.EpContextNodes.SequenceEqual(EPContextNodes) && scan.ForeignEpContextNodes.SequenceEqual(ForeignEPContextNodes)
        && LocationsOf(scan).SequenceEqual(Locations) && Layout(scan, _baked).IsSame(_weights);

    // The plan is of places in these bytes, and the key was derived for them.
    private bool IsAsBaked(ReadOnlyMemory<byte> bytes) => _baked is null || ModelId.Compute(bytes.Span) == _baked.Fingerprint.Subject.Model;

    private static IEnumerable<ExternalLocation> LocationsOf(OnnxModelScan scan) =>
        scan.ExternalTensors.GroupBy(tensor => tensor.Location, StringComparer.Ordinal)
            .Select(group => new ExternalLocation(group.Key, group.First().Name, group.Max(tensor => tensor.Offset + tensor.Length)));

    private OnnxModelRewriter Rewrite(OnnxModelScan scan, BakingPlan? baked, WeightsLayout weights)
    {
        try
        {
            return new OnnxModelRewriter(scan, Edits(scan, baked, weights));
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' cannot be sealed: {error.Message}", error);
        }
    }

    private IEnumerable<ModelEdit> Edits(OnnxModelScan scan, BakingPlan? baked, WeightsLayout weights)
    {
        // The other files of a graph that came as bytes are not at hand here; it is sealed as it is.
        IEnumerable<ModelEdit> inlined = _folder is null
            ? []
            : scan.ExternalTensors.Where(tensor => InlinePolicy.MustBeInline(tensor) && tensor.Range != baked?.Edit?.Range)
                .Select(tensor => TensorEdit.ToInline(tensor, Read(tensor)));
        IEnumerable<ModelEdit> moved = weights.Places.Select(place => TensorEdit.ToExternal(place.Tensor, WeightsName, place.Offset));
        return baked?.Edit is { } edit ? [.. inlined, .. moved, edit] : [.. inlined, .. moved];
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
