using System.ComponentModel.DataAnnotations;
using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>How ONNX Runtime loads and runs a model. Validated when a model is built, and at host start.</summary>
public sealed class OnnxRuntimeOptions
{
    /// <summary>The largest number of threads that can be asked for.</summary>
    public const int MaxThreads = 1024;

    /// <summary>Where the model is to run.</summary>
    /// <value>The default is <see cref="ExecutionProvider.Cpu"/>.</value>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider ExecutionProvider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>The GPU to use, counted from 0, when <see cref="ExecutionProvider"/> asks for one.</summary>
    /// <value>The default is 0.</value>
    [Range(0, 255)]
    public int DeviceId { get; set; }

    /// <summary>Threads that work on one operator; 0 leaves the choice to ONNX Runtime (one a core).</summary>
    /// <value>The default is 0.</value>
    [Range(0, MaxThreads)]
    public int IntraOpThreads { get; set; }

    /// <summary>Operators that run side by side; more than 1 helps only graphs with independent branches. 0 or 1 is one after another.</summary>
    /// <value>The default is 0.</value>
    [Range(0, MaxThreads)]
    public int InterOpThreads { get; set; }

    /// <summary>Whether idle worker threads spin for a while: faster for calls in quick succession, at the cost of processor time.</summary>
    /// <value>The default is true, ONNX Runtime's own.</value>
    public bool AllowSpinning { get; set; } = true;

    /// <summary>How far the graph is rewritten.</summary>
    /// <value>The default is <see cref="GraphOptimization.All"/>.</value>
    [EnumDataType(typeof(GraphOptimization))]
    public GraphOptimization GraphOptimization { get; set; } = GraphOptimization.All;

    /// <summary>Whether weights are rearranged at loading; see <see cref="OnnxRuntime.Prepacking"/> for what it costs.</summary>
    /// <value>The default is <see cref="Prepacking.Auto"/>.</value>
    [EnumDataType(typeof(Prepacking))]
    public Prepacking Prepacking { get; set; } = Prepacking.Auto;

    /// <summary>Changes what these options do not name, last of all. Not bound from configuration.</summary>
    /// <value>The default is null.</value>
    public Action<SessionOptions>? ConfigureSession { get; set; }
}
