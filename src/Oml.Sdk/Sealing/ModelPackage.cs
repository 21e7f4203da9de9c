using Oml.Sdk.Sealing.Baking;
using Oml.Sdk.Sealing.Manifest;
using Oml.Sdk.Sealing.Writing;

namespace Oml.Sdk.Sealing;

/// <summary>The files that are to be sealed: an ONNX graph, its external data, and whatever goes with them. Not thread-safe.</summary>
public sealed class ModelPackage
{
    private readonly List<PackageFile> _files = [];
    private readonly bool _hasWeights;
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts a package with the bytes of an ONNX graph. External data that it names is added by the caller.</summary>
    /// <param name="path">The path of the graph in the sealed model.</param>
    /// <param name="graph">The bytes of the ONNX file; they must not change until it is sealed.</param>
    /// <exception cref="ArgumentException">The path is absolute, climbs, or is no portable path.</exception>
    /// <exception cref="SealedModelException">It is no ONNX graph, or names external data outside of its folder.</exception>
    public ModelPackage(string path, ReadOnlyMemory<byte> graph)
        : this(path, PackagedGraph.FromBytes(path, graph))
    {
    }

    private ModelPackage(string path, PackagedGraph graph)
    {
        GraphPath = path;
        Graph = graph;
        Add(new PackageFile(path, graph.Length, graph.OpenRead));
        if (graph.WeightsLength > 0)
        {
            Add(new PackageFile(PathOf(graph.WeightsName), graph.WeightsLength, graph.OpenWeights));
            _hasWeights = true;
        }
    }

    /// <summary>Starts a package with an ONNX file and the external data files that it refers to, found beside it.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="options">How it is packed; null for the defaults.</param>
    /// <returns>The package, to which a tokenizer, a label list and the like can be added.</returns>
    /// <remarks>
    /// Small tensors in external files, and those that a runtime must know while it computes shapes, are moved into the graph. Large
    /// weights in the graph are moved out of it, see <see cref="ModelPackageOptions.SeparateWeights"/>.
    /// </remarks>
    /// <exception cref="SealedModelException">
    /// The file is missing or no ONNX graph; or external data is missing, too short, or outside of the folder. The message says which.
    /// </exception>
    public static ModelPackage FromOnnx(string path, ModelPackageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelPackage package = new(Path.GetFileName(path), PackagedGraph.FromFile(path, (options ?? new ModelPackageOptions()).SeparateWeights));
        foreach (ExternalLocation location in package.Graph.Locations)
        {
            package.AddFile(location.Path, package.Graph.Resolve(location));
        }

        return package;
    }

    /// <summary>Starts a package with an ONNX file, its external data, and every other file of its folder and the folders within.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="graphName">The name of the ONNX file in it.</param>
    /// <param name="options">How it is packed; null for the defaults.</param>
    /// <returns>The package.</returns>
    /// <exception cref="SealedModelException">As <see cref="FromOnnx"/>.</exception>
    /// <exception cref="ArgumentException">
    /// A file has a name that is not portable, is a link, is a sealed model itself, or was left behind by a sealing that was cut off.
    /// </exception>
    public static ModelPackage FromFolder(string folder, string graphName, ModelPackageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(graphName);
        if (Path.GetFileName(graphName) != graphName)
        {
            throw new ArgumentException($"The ONNX file lies in the folder itself; '{graphName}' is a path.", nameof(graphName));
        }

        ModelPackage package = FromOnnx(Path.Combine(folder, graphName), options);
        HashSet<string> present = new(package.Paths, StringComparer.Ordinal);
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (FileSystemInfo file in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (file.LinkTarget is not null && !present.Contains(path))
            {
                throw new ArgumentException(
                    $"'{path}' is a link, which may lead out of the folder: put the file itself there, or add it with AddFile.", nameof(folder));
            }

            // A name that differs in case only is refused where it is added: not every system tells the two apart.
            if (file is FileInfo && present.Add(path))
            {
                if (SealerOutput.FindFault(file.FullName) is { } fault)
                {
                    throw new ArgumentException($"'{path}' {fault}.", nameof(folder));
                }

                package.AddFile(path, file.FullName);
            }
        }

        return package;
    }

    /// <summary>The path of the graph in the sealed model.</summary>
    public string GraphPath { get; }

    /// <summary>The paths in the package, in the order of the sealed file.</summary>
    public IEnumerable<string> Paths => _files.Select(file => file.Path);

    internal IReadOnlyList<PackageFile> Files => _files;

    internal PackagedGraph Graph { get; }

    /// <summary>Bakes a licensee's fingerprint into the model, which so far is the clean one (docs/spec/fingerprint.md §10).</summary>
    /// <param name="baker">Has the publisher's key and knows how to mark.</param>
    /// <param name="fingerprintId">The licensee's number at the publisher.</param>
    /// <returns>What the package carries now. Its subject's model, the clean one, is what to trace with.</returns>
    /// <remarks>
    /// The files on the disk stay as they are; what is sealed of them is changed, and streamed as before. A package is one licensee's from then
    /// on: make another one of the same files for the next. A bias in external data is changed only if the package was made of files;
    /// otherwise an addition is put behind it. Seal it under a <see cref="ContentKey"/> that no other copy has.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The package has a fingerprint already.</exception>
    /// <exception cref="BakingException">The model cannot be marked; the failure says why.</exception>
    /// <exception cref="SealedModelException">The graph, or a file that it needs, is gone or changed.</exception>
    /// <exception cref="ObjectDisposedException">The baker's key was disposed.</exception>
    public BakedFingerprint Bake(FingerprintBaker baker, ulong fingerprintId)
    {
        ArgumentNullException.ThrowIfNull(baker);
        if (Graph.IsBaked)
        {
            throw new InvalidOperationException("The package has a licensee's fingerprint already; make a package of the clean model for each licensee.");
        }

        BakingPlan plan = Graph.Bake(baker, fingerprintId);
        _files[0] = new PackageFile(GraphPath, Graph.Length, Graph.OpenRead);
        if (_hasWeights)
        {
            // A bias that was changed is in the graph now.
            _files[1] = _files[1] with { Length = Graph.WeightsLength };
        }

        if (plan.Overlay is { } overlay)
        {
            string path = PathOf(overlay.Tensor.Location);
            int index = _files.FindIndex(file => file.Path == path);
            PackageFile clean = _files[index];
            _files[index] = clean with { Open = () => new OverlaidStream(clean.Open(), overlay.Tensor.Offset, overlay.Values) };
        }

        return plan.Fingerprint;
    }

    /// <exception cref="SealedModelException">The graph needs what is not there, or has what was not allowed.</exception>
    internal void Check(SealOptions options)
    {
        if (Graph.ForeignEPContextNodes is [var foreign, ..])
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The EPContext node '{foreign}' of the graph '{GraphPath}' keeps its native code in a file, which nobody would sign for; embed it " +
                "(embed_mode 1).");
        }

        if (!options.AllowEPContext && Graph.EPContextNodes.Count > 0)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The graph '{GraphPath}' has the EPContext node '{Graph.EPContextNodes[0]}', which carries native code; set AllowEPContext " +
                "to seal it all the same.");
        }

        foreach (ExternalLocation location in Graph.Locations)
        {
            string path = PathOf(location.Path);
            PackageFile file = _files.Find(file => file.Path == path) ?? throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The graph '{GraphPath}' keeps the tensor '{location.Tensor}' in '{location.Path}', which is not in the package; add it.");
            if (file.Length < location.End)
            {
                throw new SealedModelException(
                    SealedModelFailure.InvalidGraph,
                    $"The file '{path}' has {file.Length} bytes, but the graph '{GraphPath}' refers to {location.End} of them: it was cut.");
            }
        }
    }

    /// <summary>Compares what was sealed of a file with what was known of it.</summary>
    /// <exception cref="SealedModelException">It was cut or grew meanwhile, or is too short for the graph.</exception>
    internal void CheckSealed(PackageFile file, long size)
    {
        if (file.Length is { } length && length != size)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph, $"'{file.Path}' had {length} bytes when it was added, and {size} when it was sealed: it changed. Seal it again.");
        }

        foreach (ExternalLocation location in Graph.Locations)
        {
            if (size < location.End && file.Path == PathOf(location.Path))
            {
                throw new SealedModelException(
                    SealedModelFailure.InvalidGraph,
                    $"'{file.Path}' gave {size} bytes, but the graph '{GraphPath}' refers to {location.End} of them.");
            }
        }
    }

    /// <summary>Adds a file of the disk, which is read when the model is sealed.</summary>
    /// <param name="path">Its path in the sealed model: relative, names joined by <c>/</c>.</param>
    /// <param name="filePath">Where it is on the disk.</param>
    /// <returns>This package.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The path is absolute, climbs, is no portable path, or is in the package already.</exception>
    public ModelPackage AddFile(string path, string filePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        FileInfo file = new(filePath);
        return file.Exists
            ? Add(new PackageFile(path, file.Length, () => new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0)))
            : throw new FileNotFoundException($"There is no file '{filePath}' to seal as '{path}'.", filePath);
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="path">Their path in the sealed model: relative, names joined by <c>/</c>.</param>
    /// <param name="content">The bytes; they must not change until the model is sealed.</param>
    /// <returns>This package.</returns>
    /// <exception cref="ArgumentException">The path is absolute, climbs, is no portable path, or is in the package already.</exception>
    public ModelPackage AddBytes(string path, ReadOnlyMemory<byte> content) =>
        Add(new PackageFile(path, content.Length, () => new PiecesStream([content], null)));

    /// <summary>Adds what a stream gives, from where it stands to its end, when the model is sealed. It is read once and stays open.</summary>
    /// <param name="path">Its path in the sealed model: relative, names joined by <c>/</c>.</param>
    /// <param name="content">A readable stream of any length.</param>
    /// <returns>This package.</returns>
    /// <exception cref="ArgumentException">The path is absolute, climbs, is no portable path, or is in the package already; or the stream cannot be read.</exception>
    public ModelPackage AddStream(string path, Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.CanRead
            ? Add(new PackageFile(path, content.CanSeek ? Math.Max(0, content.Length - content.Position) : null, StreamOpener.Create(path, content)))
            : throw new ArgumentException($"The stream for '{path}' cannot be read.", nameof(content));
    }

    // What the graph names is beside it.
    private string PathOf(string location) => string.Concat(GraphPath.AsSpan(0, GraphPath.LastIndexOf('/') + 1), location);

    private ModelPackage Add(PackageFile file)
    {
        EntryPath.Check(file.Path, nameof(file));
        if (_files.Count == SealedLimits.MaxEntries)
        {
            throw new ArgumentException($"A sealed model has at most {SealedLimits.MaxEntries} files.", nameof(file));
        }

        if (_paths.Any(path => IsFolderOf(path, file.Path) || IsFolderOf(file.Path, path)))
        {
            throw new ArgumentException($"'{file.Path}' is a file and a folder: another file of the package lies in it, or it in another one.", nameof(file));
        }

        if (!_paths.Add(file.Path))
        {
            throw new ArgumentException($"The package has a file '{file.Path}' already.", nameof(file));
        }

        _files.Add(file);
        return this;
    }

    private static bool IsFolderOf(string folder, string path) =>
        path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.OrdinalIgnoreCase);
}
