using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;
using Oml.Sdk.Sealing.Loading;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Runs an ONNX model with ONNX Runtime: inputs are read and outputs written where they lie, without a copy.</summary>
/// <remarks>
/// Computes on the calling thread (and ONNX Runtime's own workers) and completes synchronously. Thread-safe. String tensors are
/// copied, as the runtime keeps its own. A token that is cancelled during a run ends it at the next operator.
/// </remarks>
public sealed class OnnxRuntimeBackend : IInferenceBackend
{
    private readonly InferenceSession _session;
    private readonly ExternalWeights? _weights;
    private readonly RunOptions _runOptions = RunOptionsPool.Create();
    private readonly RunOptionsPool _cancellable = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly bool[] _isInput;
    private int _disposed;

    private OnnxRuntimeBackend(OpenSession open, ModelSignature signature)
    {
        _session = open.Session;
        _weights = open.Weights;
        Signature = signature;
        ExecutionProvider = open.ExecutionProvider;
        _inputNames = [.. signature.Inputs.Select(info => info.Name)];
        _outputNames = [.. signature.Outputs.Select(info => info.Name)];
        HashSet<string> inputs = [.. signature.Inputs.Concat(signature.OptionalInputs).Select(info => info.Name)];
        _isInput = [.. _outputNames.Select(inputs.Contains)];
    }

    /// <inheritdoc/>
    public ModelSignature Signature { get; }

    /// <inheritdoc/>
    public string ExecutionProvider { get; }

    /// <summary>The session itself, for measuring this backend against it.</summary>
    internal InferenceSession Session => _session;

    /// <summary>When the weights of a sealed model are to be in memory.</summary>
    /// <remarks>
    /// Prepacking is the long part of a load, and all that it does with weights is to read them: the two can be done side by side. Without
    /// it nothing was gained that could be measured. A device's driver, and what a caller may configure, may read weights by system calls,
    /// which do not wait.
    /// </remarks>
    internal static WeightArrival ArrivalFor(OnnxRuntimeOptions options) =>
        options is { Prepacking: Prepacking.On, ExecutionProvider: OnnxRuntime.ExecutionProvider.Cpu, ConfigureSession: null }
            ? WeightArrival.WhileLoading
            : WeightArrival.BeforeLoading;

    /// <summary>Loads a model.</summary>
    /// <param name="source">The model.</param>
    /// <param name="options">How to load and run it; the defaults when null. Not kept.</param>
    /// <param name="loggerFactory">Where to log; nowhere when null.</param>
    /// <returns>The backend; dispose it.</returns>
    /// <exception cref="ModelLoadException">The model is missing, empty, corrupt, or has inputs or outputs that are no tensors.</exception>
    /// <exception cref="ExecutionProviderUnavailableException">CUDA was demanded and cannot be used.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static OnnxRuntimeBackend Load(ModelSource source, OnnxRuntimeOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new OnnxRuntimeOptions();
        OnnxRuntimeOptionsValidator.ThrowIfInvalid(options);
        ThrowIfAbsent(source);
        ILogger logger = loggerFactory?.CreateLogger<OnnxRuntimeBackend>()
            ?? (ILogger)Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        long start = TimeProvider.System.GetTimestamp();
        OpenSession open = SessionFactory.Open(source, options, logger);
        try
        {
            ModelSignature signature = SignatureReader.Read(open.Session, source.Name);
            OnnxRuntimeLog.Loaded(
                logger,
                OrtEnv.Instance().GetVersionString(),
                source.Name,
                open.ExecutionProvider,
                TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            return new OnnxRuntimeBackend(open, signature);
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<InferenceOutputs>(cancellationToken);
        }

        try
        {
            return new(cancellationToken.CanBeCanceled ? RunCancellable(inputs, cancellationToken) : Run(inputs, _runOptions));
        }
        catch (OperationCanceledException)
        {
            return ValueTask.FromCanceled<InferenceOutputs>(cancellationToken);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<InferenceOutputs>(error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _session.Dispose();
            _weights?.Dispose();
            _runOptions.Dispose();
            _cancellable.Dispose();
        }

        return default;
    }

    private static void ThrowIfAbsent(ModelSource source)
    {
        if (source.FilePath is { } path && !File.Exists(path))
        {
            throw new ModelLoadException(source.Name, $"There is no model file at '{path}'.");
        }

        long length = source.FilePath is { } file ? new FileInfo(file).Length : source.Bytes!.Value.Length;
        if (length == 0)
        {
            throw new ModelLoadException(source.Name, $"The model '{source.Name}' is empty: 0 bytes where an ONNX model was expected.");
        }
    }

    private InferenceOutputs RunCancellable(InferenceInputs inputs, CancellationToken cancellationToken)
    {
        RunOptions options = _cancellable.Rent();
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            return Run(inputs, options);
        }
        catch (InferenceException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            // Waits for a callback that is under way, so the options are quiet when they go back.
            registration.Dispose();
            _cancellable.Return(options);
        }
    }

    private InferenceOutputs Run(InferenceInputs inputs, RunOptions options)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using OrtInputs values = new(inputs);
        IDisposableReadOnlyCollection<OrtValue> results;
        try
        {
            results = _session.Run(options, NamesOf(inputs), values.Values, _outputNames);
        }
        catch (OnnxRuntimeException error)
        {
            Signature.Validate(inputs);
            throw new InferenceException($"ONNX Runtime failed to run the model: {error.Message}", error);
        }

        return Wrap(new OrtOutputs(results));
    }

    private InferenceOutputs Wrap(OrtOutputs results)
    {
        try
        {
            OutputTensor[] tensors = new OutputTensor[_outputNames.Length];
            for (int i = 0; i < tensors.Length; i++)
            {
                // An output that is an input too is the caller's memory, which is about to be unpinned, and not ours to mark.
                OrtValue value = _isInput[i] ? results.Copy(i) : results[i];
                tensors[i] = new OrtOutputTensor(Signature.Outputs[i], value, value.GetTensorTypeAndShape().Shape);
            }

            return new InferenceOutputs(tensors, results);
        }
        catch
        {
            results.Dispose();
            throw;
        }
    }

    // Callers nearly always bring the inputs in the model's order: then no list of names is made.
    private string[] NamesOf(InferenceInputs inputs)
    {
        bool inOrder = inputs.Count == _inputNames.Length;
        for (int i = 0; inOrder && i < _inputNames.Length; i++)
        {
            inOrder = inputs.NameAt(i) == _inputNames[i];
        }

        return inOrder ? _inputNames : [.. inputs.Select(input => input.Key)];
    }
}
