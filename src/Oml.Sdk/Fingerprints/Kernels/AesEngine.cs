namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>What computes AES.</summary>
internal enum AesEngine
{
    Software,
    X86,
    Arm,
}
