using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Opens an ONNX Runtime session for a model, with the execution provider that the options prefer.</summary>
internal static class SessionFactory
{
    public const string CudaProvider = "CUDAExecutionProvider";
    public const string CpuProvider = "CPUExecutionProvider";

    /// <summary>Opens a session.</summary>
    public static OpenSession Open(ModelSource source, OnnxRuntimeOptions options, ILogger logger)
    {
        if (options.ExecutionProvider != ExecutionProvider.Cpu)
        {
            try
            {
                return OpenOnCuda(source, options, logger);
            }
            catch (ExecutionProviderUnavailableException error) when (options.ExecutionProvider == ExecutionProvider.CudaThenCpu)
            {
                OnnxRuntimeLog.FellBackToCpu(logger, error.Message);
            }
        }

        return Load(source, CpuProvider, () => Configure(CreateOptions(source, options), options), logger);
    }

    private static OpenSession OpenOnCuda(ModelSource source, OnnxRuntimeOptions options, ILogger logger)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
        {
            throw new ExecutionProviderUnavailableException(
                CudaProvider,
                "The native ONNX Runtime package of this application has no CUDA support: reference Microsoft.ML.OnnxRuntime.Gpu " +
                "instead of Microsoft.ML.OnnxRuntime, or choose ExecutionProvider.Cpu or CudaThenCpu.");
        }

        try
        {
            return Load(source, CudaProvider, () => Configure(AppendCuda(CreateOptions(source, options), options), options), logger);
        }
        catch (ModelLoadException error) when (LoadsOnCpu(source, options, logger))
        {
            // The device is first touched here: a model that the processor can load is not what is wrong.
            throw new ExecutionProviderUnavailableException(
                CudaProvider,
                $"CUDA device {options.DeviceId} cannot run the model: {error.Message} Check the driver, the CUDA and cuDNN libraries and " +
                "DeviceId, or choose ExecutionProvider.Cpu or CudaThenCpu.",
                error);
        }
    }

    private static bool LoadsOnCpu(ModelSource source, OnnxRuntimeOptions options, ILogger logger)
    {
        try
        {
            Load(source, CpuProvider, () => Configure(CreateOptions(source, options), options), logger).Dispose();
            return true;
        }
        catch (ModelLoadException)
        {
            return false;
        }
    }

    private static SessionOptions AppendCuda(SessionOptions session, OnnxRuntimeOptions options)
    {
        try
        {
            session.AppendExecutionProvider_CUDA(options.DeviceId);
            return session;
        }
        catch (OnnxRuntimeException error)
        {
            session.Dispose();
            throw new ExecutionProviderUnavailableException(
                CudaProvider,
                $"CUDA device {options.DeviceId} cannot be used: {error.Message} Check the driver, the CUDA and cuDNN libraries and " +
                "DeviceId, or choose ExecutionProvider.Cpu or CudaThenCpu.",
                error);
        }
    }

    private static SessionOptions Configure(SessionOptions session, OnnxRuntimeOptions options)
    {
        try
        {
            options.ConfigureSession?.Invoke(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static SessionOptions CreateOptions(ModelSource source, OnnxRuntimeOptions options)
    {
        SessionOptions session = new()
        {
            GraphOptimizationLevel = options.GraphOptimization switch
            {
                GraphOptimization.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                GraphOptimization.Basic => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                GraphOptimization.Extended => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
            },
            IntraOpNumThreads = options.IntraOpThreads,
            // What fails is raised as an exception; the native log would only say it twice.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (options.InterOpThreads > 1)
        {
            session.ExecutionMode = ExecutionMode.ORT_PARALLEL;
            session.InterOpNumThreads = options.InterOpThreads;
        }

        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        bool prepack = options.Prepacking == Prepacking.On || (options.Prepacking == Prepacking.Auto && source.ExternalInitializers.IsEmpty);
        session.AddSessionConfigEntry("session.disable_prepacking", prepack ? "0" : "1");
        return session;
    }

    private static OpenSession Load(ModelSource source, string provider, Func<SessionOptions> createOptions, ILogger logger)
    {
        try
        {
            if (!source.ExternalInitializers.IsEmpty)
            {
                return LoadWithWeights(source, provider, createOptions, logger);
            }

            using SessionOptions options = createOptions();
            return new OpenSession(
                source.FilePath is { } path ? new InferenceSession(path, options) : new InferenceSession(ToArray(source.Bytes!.Value), options),
                provider,
                null);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelLoadException(source.Name, Refusal(source, error), error);
        }
    }

    private static OpenSession LoadWithWeights(ModelSource source, string provider, Func<SessionOptions> createOptions, ILogger logger)
    {
        string why;
        Exception? first = null;
        try
        {
            if (LoadInPlace(source, provider, createOptions) is { } session)
            {
                return session;
            }

            why = "something touched the empty files that stood for its weights";
        }
        catch (Exception error) when (error is OnnxRuntimeException or IOException or UnauthorizedAccessException)
        {
            why = error is OnnxRuntimeException
                ? error.Message
                : $"the folder for temporary files, '{Path.GetTempPath()}', cannot be used. {error.Message}";
            first = error;
        }

        OpenSession copied;
        try
        {
            copied = LoadCopied(source, provider, createOptions);
        }
        catch (Exception error) when (error is OnnxRuntimeException or ModelLoadException)
        {
            // A model that is wrong fails in the same way again; where it does not, both reasons count.
            string message = error is OnnxRuntimeException ? Refusal(source, error) : error.Message;
            throw new ModelLoadException(
                source.Name,
                why == error.Message ? message : $"{message} (Its weights could not be used where they are, either: {why})",
                first is null ? error : new AggregateException(error, first));
        }

        OnnxRuntimeLog.CopiesWeights(logger, source.Name, why);
        return copied;
    }

    /// <summary>Weights are used where they are. Null if the session may have been given others.</summary>
    internal static OpenSession? LoadInPlace(ModelSource source, string provider, Func<SessionOptions> createOptions)
    {
        using SessionOptions options = createOptions();
        using DecoyFiles decoys = DecoyFiles.Create(source);
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", decoys.Folder);
        ExternalWeights weights = ExternalWeights.AddTo(options, source);
        OpenSession? session = null;
        try
        {
            session = new OpenSession(new InferenceSession(ToArray(source.Bytes!.Value), options), provider, weights);
            if (!decoys.WereTouched)
            {
                return session;
            }

            session.Dispose();
            return null;
        }
        catch when (session is null)
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Weights are copied into the session.</summary>
    internal static OpenSession LoadCopied(ModelSource source, string provider, Func<SessionOptions> createOptions)
    {
        using SessionOptions options = createOptions();
        FilesInMemory.AddTo(options, source);
        return new OpenSession(new InferenceSession(ToArray(source.Bytes!.Value), options), provider, null);
    }

    private static string Refusal(ModelSource source, Exception error) =>
        $"ONNX Runtime cannot load '{source.Name}'; a valid ONNX model was expected. It said: {error.Message}";

    private static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
        && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
}
