namespace Oml.Sdk.OnnxRuntime;

/// <summary>Where a model is to run.</summary>
public enum ExecutionProvider
{
    /// <summary>On the processor.</summary>
    Cpu = 0,

    /// <summary>On an NVIDIA GPU, or not at all: without one, building the model fails.</summary>
    Cuda = 1,

    /// <summary>On an NVIDIA GPU if it can be used, else on the processor, with a warning in the log.</summary>
    CudaThenCpu = 2,
}
