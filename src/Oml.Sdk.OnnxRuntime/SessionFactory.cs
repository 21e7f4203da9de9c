using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Opens an ONNX Runtime session for a model, with the execution provider that the options prefer.</summary>
internal static class SessionFactory
{
    public const string CudaProvider = "CUDAExecutionProvider";
    public const string CpuProvider = "CPUExecutionProvider";

    /// <returns>The session and the name of the provider that it runs on.</returns>
    public static (InferenceSession Session, string ExecutionProvider) Open(ModelSource source, OnnxRuntimeOptions options, ILogger logger)
    {
        if (options.ExecutionProvider != ExecutionProvider.Cpu)
        {
            try
            {
                return (OpenOnCuda(source, options), CudaProvider);
            }
            catch (ExecutionProviderUnavailableException error) when (options.ExecutionProvider == ExecutionProvider.CudaThenCpu)
            {
                OnnxRuntimeLog.FellBackToCpu(logger, error.Message);
            }
        }

        using SessionOptions session = CreateOptions(options);
        options.ConfigureSession?.Invoke(session);
        return (Load(source, session), CpuProvider);
    }

    private static InferenceSession OpenOnCuda(ModelSource source, OnnxRuntimeOptions options)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
        {
            throw new ExecutionProviderUnavailableException(
                CudaProvider,
                "The native ONNX Runtime package of this application has no CUDA support: reference Microsoft.ML.OnnxRuntime.Gpu " +
                "instead of Microsoft.ML.OnnxRuntime, or choose ExecutionProvider.Cpu or CudaThenCpu.");
        }

        using SessionOptions session = CreateOptions(options);
        try
        {
            session.AppendExecutionProvider_CUDA(options.DeviceId);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderUnavailableException(
                CudaProvider,
                $"CUDA device {options.DeviceId} cannot be used: {error.Message} Check the driver, the CUDA and cuDNN libraries and " +
                "DeviceId, or choose ExecutionProvider.Cpu or CudaThenCpu.",
                error);
        }

        options.ConfigureSession?.Invoke(session);
        return Load(source, session);
    }

    private static SessionOptions CreateOptions(OnnxRuntimeOptions options)
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
        return session;
    }

    private static InferenceSession Load(ModelSource source, SessionOptions options)
    {
        try
        {
            return source.FilePath is { } path
                ? new InferenceSession(path, options)
                : new InferenceSession(ToArray(source.Bytes!.Value), options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelLoadException(
                source.Name, $"ONNX Runtime cannot load '{source.Name}'; a valid ONNX model was expected. It said: {error.Message}", error);
        }
    }

    private static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
        && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
}
