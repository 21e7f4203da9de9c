using Microsoft.Win32.SafeHandles;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>The ONNX graph of a package: what it needs, and its bytes as they are sealed.</summary>
internal sealed class PackagedGraph
{
    private readonly Func<(ReadOnlyMemory<byte> Bytes, IDisposable? Owner)> _open;
    private readonly string _name;
    private readonly string? _folder;

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
    public int Length { get; }

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

    /// <summary>Opens the graph as it is sealed: with what a runtime must know while it loads moved into it.</summary>
    public Stream OpenRead()
    {
        (ReadOnlyMemory<byte> bytes, IDisposable? owner) = _open();
        try
        {
            OnnxModelScan scan = Scan(bytes, _name);
            return IsAsChecked(scan) ? new PiecesStream(Rewrite(scan).Pieces, owner) : throw new SealedModelException(
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

    private static IEnumerable<ExternalLocation> LocationsOf(OnnxModelScan scan) =>
        scan.ExternalTensors.GroupBy(tensor => tensor.Location, StringComparer.Ordinal)
            .Select(group => new ExternalLocation(group.Key, group.First().Name, group.Max(tensor => tensor.Offset + tensor.Length)));

    private OnnxModelRewriter Rewrite(OnnxModelScan scan)
    {
        try
        {
            return Plan(scan);
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The ONNX graph '{_name}' cannot be sealed: {error.Message}", error);
        }
    }

    private OnnxModelRewriter Plan(OnnxModelScan scan)
    {
        // The other files of a graph that came as bytes are not at hand here; it is sealed as it is.
        if (_folder is null)
        {
            return new OnnxModelRewriter(scan, []);
        }

        return new OnnxModelRewriter(
            scan,
            scan.ExternalTensors.Where(InlinePolicy.MustBeInline).Select(tensor => TensorEdit.ToInline(tensor, Read(tensor))).ToArray());
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
