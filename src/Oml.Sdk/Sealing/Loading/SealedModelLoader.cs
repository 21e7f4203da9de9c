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
        UnlockedModel contents, string name, InferenceBackendFactory factory, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        List<SecretMemory> memory = [];
        byte[]? graph = null;
        try
        {
            graph = await contents.ReadAllBytesAsync(contents.Model.Manifest.Graph.Path, cancellationToken).ConfigureAwait(false);
            OnnxModelScan scan = Scan(contents.Model.Manifest, graph, name);
            Dictionary<string, ExternalFile> files = [];
            foreach (string location in scan.ExternalTensors.Select(tensor => tensor.Location).Distinct(StringComparer.Ordinal))
            {
                string path = EntryOf(contents.Model.Manifest, location);
                if (contents.Model.Manifest.FindEntry(path) is null)
                {
                    throw new SealedModelException(
                        SealedModelFailure.InvalidGraph, $"The graph of '{name}' keeps weights in '{location}', which the sealed model does not have.");
                }

                SecretMemory content = await contents.LoadAsync(path, null, cancellationToken).ConfigureAwait(false);
                memory.Add(content);
                files.Add(location, new ExternalFile(location, content.Address, content.Length));
            }

            IInferenceBackend backend = await factory(Source(scan, files, name), loggers, cancellationToken).ConfigureAwait(false);
            memory.ForEach(content => content.TryLock());
            MemoryProtection.Report(memory, name, loggers);
            return new SealedBackend(backend, [.. memory]);
        }
        catch
        {
            memory.ForEach(content => content.Dispose());
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(graph);
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

    private static string EntryOf(SealedManifest manifest, string location)
    {
        int slash = manifest.Graph.Path.LastIndexOf('/');
        return string.Concat(manifest.Graph.Path.AsSpan(0, slash + 1), location);
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
