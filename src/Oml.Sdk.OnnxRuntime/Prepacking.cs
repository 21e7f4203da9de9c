namespace Oml.Sdk.OnnxRuntime;

/// <summary>Whether ONNX Runtime rearranges weights into the layout that its kernels like best.</summary>
public enum Prepacking
{
    /// <summary>On, but off for weights that lie in native memory (a sealed model's), which are then used where they are.</summary>
    Auto = 0,

    /// <summary>
    /// On: faster runs for some models, at the price of a second copy of what is rearranged and of a slower load. On Linux and the
    /// processor, a sealed model's weights are then decrypted while others are rearranged, unless
    /// <see cref="OnnxRuntimeOptions.ConfigureSession"/> is set.
    /// </summary>
    On = 1,

    /// <summary>Off: the weights are used where they are.</summary>
    Off = 2,
}
