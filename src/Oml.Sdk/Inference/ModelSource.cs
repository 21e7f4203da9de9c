using System.Collections.Immutable;

namespace Oml.Sdk.Inference;

/// <summary>Where the bytes of a plain model come from: a file, memory or a stream.</summary>
/// <remarks>Immutable and thread-safe; memory that it was made from must not change.</remarks>
public sealed class ModelSource
{
    private ModelSource(string name, string? filePath, ReadOnlyMemory<byte>? bytes)
    {
        Name = name;
        FilePath = filePath;
        Bytes = bytes;
    }

    /// <summary>The path of the file, or what else names the model in errors and logs.</summary>
    public string Name { get; }

    /// <summary>The full path of the file; null when the model is in memory.</summary>
    public string? FilePath { get; }

    /// <summary>The bytes of the model; null when it is in a file.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    /// <summary>The weights that lie in native memory beside the graph. Empty for a model that is all in <see cref="Bytes"/> or a file.</summary>
    public ImmutableArray<ExternalInitializer> ExternalInitializers { get; private init; } = [];

    /// <summary>A model in a file. External data files are found beside it.</summary>
    /// <param name="path">The path; a relative one starts at the current directory.</param>
    /// <returns>The source.</returns>
    public static ModelSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        return new ModelSource(full, full, null);
    }

    /// <summary>A model in memory.</summary>
    /// <param name="bytes">The bytes of the model file.</param>
    /// <returns>The source.</returns>
    public static ModelSource FromBytes(ReadOnlyMemory<byte> bytes) => new("(model in memory)", null, bytes);

    /// <summary>A graph in memory whose large weights are in native memory, where the runtime is to use them without a copy.</summary>
    /// <param name="name">What errors and logs call the model.</param>
    /// <param name="graph">The bytes of the ONNX graph; they must not change until the model is loaded, and may be cleared then.</param>
    /// <param name="initializers">Every weight that the graph keeps in an external file.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">A weight reaches beyond its file.</exception>
    public static ModelSource FromMemory(string name, ReadOnlyMemory<byte> graph, IEnumerable<ExternalInitializer> initializers)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(initializers);
        ImmutableArray<ExternalInitializer> weights = [.. initializers];
        foreach (ExternalInitializer weight in weights)
        {
            if (weight.Offset < 0 || weight.Length < 0 || weight.Offset > weight.File.Length - weight.Length)
            {
                throw new ArgumentException(
                    $"The weight '{weight.Name}' is at bytes {weight.Offset} to {weight.Offset + weight.Length} of '{weight.File.Location}', " +
                    $"which has {weight.File.Length}.",
                    nameof(initializers));
            }
        }

        return new ModelSource(name, null, graph) { ExternalInitializers = weights };
    }

    /// <summary>A model that is read from a stream now, to its end, into memory.</summary>
    /// <param name="stream">A readable stream; it stays open.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ModelLoadException">The stream holds more than an array can (2 GiB).</exception>
    public static async ValueTask<ModelSource> FromStreamAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream buffer = new();
        try
        {
            await stream.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error) when (buffer.Length > Array.MaxLength / 2)
        {
            throw new ModelLoadException("(stream)", "The model in the stream is larger than 2 GiB; load it from a file.", error);
        }

        return FromBytes(buffer.ToArray());
    }

    /// <summary>Computes the identity of the model.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The SHA-256 of the model file.</returns>
    /// <exception cref="ModelLoadException">The file is missing, empty or cannot be read.</exception>
    public async ValueTask<ModelId> ComputeIdAsync(CancellationToken cancellationToken = default)
    {
        if (Bytes is { } bytes)
        {
            return bytes.IsEmpty ? throw Empty() : ModelId.Compute(bytes.Span);
        }

        try
        {
            FileStream file = new(FilePath!, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            await using (file.ConfigureAwait(false))
            {
                return file.Length == 0 ? throw Empty() : await ModelId.ComputeAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelLoadException(Name, $"There is no model file at '{Name}'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(Name, $"The model file '{Name}' cannot be read: {error.Message}", error);
        }
    }

    private ModelLoadException Empty() => new(Name, $"The model '{Name}' is empty: 0 bytes where an ONNX model was expected.");
}
