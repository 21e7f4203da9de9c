namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>How many bits of a row one step of a kernel handles. The scalar kernel is the specification of the others.</summary>
internal enum KernelWidth
{
    Scalar = 0,
    Vector128 = 128,
    Vector256 = 256,
    Vector512 = 512,
}
