namespace Oml.Sdk.Sealing.Loading;

/// <summary>When the weights of a sealed model are to be in memory.</summary>
internal enum WeightArrival
{
    /// <summary>Before the runtime is given them.</summary>
    BeforeLoading = 0,

    /// <summary>
    /// While the runtime is created, where the system can let it wait for each (<see cref="Memory.PageDelivery"/>). Only for a factory that
    /// reads weights in native code alone, and whose runtime gives them to no system call or device.
    /// </summary>
    WhileLoading = 1,
}
