using Microsoft.Extensions.Logging;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Every line that this package logs. Event ids are stable.</summary>
internal static partial class OnnxRuntimeLog
{
    [LoggerMessage(100, LogLevel.Warning,
        "CUDA was preferred but cannot be used ({Reason}); the model runs on the CPU. " +
        "Reference Microsoft.ML.OnnxRuntime.Gpu and install the CUDA and cuDNN libraries to use a GPU.")]
    public static partial void FellBackToCpu(ILogger logger, string reason);

    [LoggerMessage(101, LogLevel.Information, "ONNX Runtime {Version} loaded '{Model}' on {ExecutionProvider} in {Milliseconds:F1} ms.")]
    public static partial void Loaded(ILogger logger, string version, string model, string executionProvider, double milliseconds);

    [LoggerMessage(102, LogLevel.Information,
        "ONNX Runtime does not take the weights of '{Model}' from where they are ({Reason}); it copies them, which takes twice the memory. " +
        "GraphOptimization.None avoids that for models whose optimization reads weights.")]
    public static partial void CopiesWeights(ILogger logger, string model, string reason);
}
