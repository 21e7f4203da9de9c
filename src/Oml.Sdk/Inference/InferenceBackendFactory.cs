using Microsoft.Extensions.Logging;

namespace Oml.Sdk.Inference;

/// <summary>Makes a backend that runs a model.</summary>
/// <param name="source">The model.</param>
/// <param name="loggerFactory">Where the backend logs.</param>
/// <param name="cancellationToken">Stops the loading where the runtime allows.</param>
/// <returns>The backend; the caller owns it.</returns>
/// <exception cref="ModelLoadException">The model cannot be loaded.</exception>
/// <exception cref="ExecutionProviderUnavailableException">The execution provider that was demanded is not there.</exception>
public delegate ValueTask<IInferenceBackend> InferenceBackendFactory(
    ModelSource source, ILoggerFactory loggerFactory, CancellationToken cancellationToken);
