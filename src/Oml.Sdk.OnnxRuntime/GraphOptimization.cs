namespace Oml.Sdk.OnnxRuntime;

/// <summary>How far ONNX Runtime rewrites the graph when it loads a model.</summary>
public enum GraphOptimization
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Rewrites that keep the meaning exactly, such as folding constants.</summary>
    Basic = 1,

    /// <summary>Also fusions of nodes, which can change results in the last bits.</summary>
    Extended = 2,

    /// <summary>Everything, memory layout included.</summary>
    All = 3,
}
