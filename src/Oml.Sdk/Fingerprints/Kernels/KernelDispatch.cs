using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>Which kernels this machine runs; the answers are constants to the compiler, so the losing branches vanish.</summary>
internal static class KernelDispatch
{
    /// <summary>The width that is used unless a test forces another.</summary>
    public static KernelWidth Widest =>
        Vector512.IsHardwareAccelerated ? KernelWidth.Vector512
        : Vector256.IsHardwareAccelerated ? KernelWidth.Vector256
        : Vector128.IsHardwareAccelerated ? KernelWidth.Vector128
        : KernelWidth.Scalar;

    /// <summary>The AES that is used unless a test forces another.</summary>
    public static AesEngine Aes =>
        System.Runtime.Intrinsics.X86.Aes.IsSupported ? AesEngine.X86
        : System.Runtime.Intrinsics.Arm.Aes.IsSupported ? AesEngine.Arm
        : AesEngine.Software;
}
