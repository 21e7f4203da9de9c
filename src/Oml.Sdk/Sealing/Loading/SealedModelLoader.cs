using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Oml.Sdk.Inference;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Sealing.Onnx;
using ExternalFile = Oml.Sdk.Inference.ExternalDataFile;

namespace Oml.Sdk.Sealing.Loading;

/// <summary>Loads the contents of a sealed model into a runtime: the graph as bytes, the weights decrypted into the memory that it runs on.</summary>
internal static class SealedModelLoader
{
    /// <exception cref="SealedModelException">The contents were changed, or the graph cannot be used.</exception>
    public static async ValueTask<IInferenceBackend> LoadAsync(
        UnlockedModel contents,
        string name,
        InferenceBackendFactory factory,
        ILoggerFactory loggers,
        CancellationToken cancellationToken,
        WeightArrival arrival = WeightArrival.BeforeLoading)
    {
        List<(string Path, SecretMemory Memory)> weights = [];
        byte[]? graph = null;
        try
        {
            graph = await contents.ReadAllBytesAsync(contents.Model.Manifest.Graph.Path, cancellationToken).ConfigureAwait(false);
            OnnxModelScan scan = Scan(contents.Model.Manifest, graph, name);
            Dictionary<string, ExternalFile> files = [];
            foreach (string location in scan.ExternalTensors.Select(tensor => tensor.Location).Distinct(StringComparer.Ordinal))
            {
                SealedEntry entry = EntryOf(contents.Model.Manifest, location) ?? throw new SealedModelException(
                    SealedModelFailure.InvalidGraph, $"The graph of '{name}' keeps weights in '{location}', which the sealed model does not have.");
                SecretMemory content = SecretMemory.Allocate(entry.Size);
                weights.Add((entry.Path, content));
                files.Add(location, new ExternalFile(location, content.Address, content.Length));
            }

            ModelSource source = Source(scan, files, name);
            IInferenceBackend backend = await DecryptAsync(
                contents, weights, arrival, () => factory(source, loggers, cancellationToken), cancellationToken).ConfigureAwait(false);
            weights.ForEach(entry => entry.Memory.TryLock());
            SecretMemory[] memory = [.. weights.Select(entry => entry.Memory)];
            MemoryProtection.Report(memory, name, loggers);
            return new SealedBackend(backend, [.. memory]);
        }
        catch
        {
            weights.ForEach(entry => entry.Memory.Dispose());
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(graph);
        }
    }

    // Decrypts the weights and creates the runtime over them, which it returns when both are done.
    private static async ValueTask<IInferenceBackend> DecryptAsync(
        UnlockedModel contents,
        List<(string Path, SecretMemory Memory)> weights,
        WeightArrival arrival,
        Func<ValueTask<IInferenceBackend>> create,
        CancellationToken cancellationToken)
    {
        ArrivingWeights? arriving =
            arrival == WeightArrival.WhileLoading ? ArrivingWeights.TryBegin(contents, weights, cancellationToken) : null;
        if (arriving is null)
        {
            foreach ((string path, SecretMemory memory) in weights)
            {
                await contents.FillAsync(path, memory, cancellationToken).ConfigureAwait(false);
            }

            return await create().ConfigureAwait(false);
        }

        await using (arriving.ConfigureAwait(false))
        {
            IInferenceBackend? backend = null;
            try
            {
                backend = await create().ConfigureAwait(false);
                await arriving.CompleteAsync().ConfigureAwait(false);
                return backend;
            }
            catch
            {
                if (backend is not null)
                {
                    await backend.DisposeAsync().ConfigureAwait(false);
                }

                await arriving.StopAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private static OnnxModelScan Scan(SealedManifest manifest, byte[] graph, string name)
    {
        OnnxModelScan scan;
        try
        {
            scan = OnnxModelScanner.Scan(graph, int.MaxValue);
        }
        catch (OnnxFormatException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The graph of '{name}' cannot be used: {error.Message}", error);
        }

        if (!scan.ForeignEpContextNodes.IsEmpty)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The EPContext node '{scan.ForeignEpContextNodes[0]}' of the graph of '{name}' keeps its native code in a file that nobody signed for.");
        }

        if (!manifest.DeclaresEPContext && !scan.EpContextNodes.IsEmpty)
        {
            throw new SealedModelException(
                SealedModelFailure.InvalidGraph,
                $"The graph of '{name}' has the EPContext node '{scan.EpContextNodes[0]}', which carries native code, and its manifest does not " +
                "declare any.");
        }

        return scan.ExternalTensors.FirstOrDefault(tensor => !tensor.IsTopLevelInitializer) is not { } inner ? scan : throw new SealedModelException(
            SealedModelFailure.InvalidGraph,
            $"The graph of '{name}' keeps the tensor '{inner.Name}' in an external file, though it is no initializer of the graph itself: seal it " +
            "with ModelPackage.FromOnnx, which moves such tensors.");
    }

    private static SealedEntry? EntryOf(SealedManifest manifest, string location)
    {
        int slash = manifest.Graph.Path.LastIndexOf('/');
        return manifest.FindEntry(string.Concat(manifest.Graph.Path.AsSpan(0, slash + 1), location));
    }

    private static ModelSource Source(OnnxModelScan scan, Dictionary<string, ExternalFile> files, string name)
    {
        try
        {
            return ModelSource.FromMemory(
                name,
                scan.Model,
                scan.ExternalTensors.Select(tensor => new ExternalInitializer(
                    tensor.Name, tensor.ElementType, tensor.Dims, files[tensor.Location], tensor.Offset, tensor.Length)));
        }
        catch (ArgumentException error)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"The graph of '{name}' cannot be used: {error.Message}", error);
        }
    }
}
