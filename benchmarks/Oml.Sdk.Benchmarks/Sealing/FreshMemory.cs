using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>Sees that a process that comes next gets memory from this machine, and not from the one below it.</summary>
/// <remarks>
/// Hypervisors take back what a virtual machine has not used for some seconds, and give it again page by page: that takes several times as long
/// as all that is measured here, and whichever process comes first would pay for it.
/// </remarks>
internal static class FreshMemory
{
    // More than any process that follows needs.
    private const int HugePages = 3 << 10;

    /// <summary>Touches 6 GiB on all cores, and gives them back.</summary>
    public static void Warm()
    {
        using SecretMemory memory = SecretMemory.Allocate((long)HugePages * SecretMemory.HugePage);
        Parallel.For(0, HugePages, number => memory.Slice((long)number * SecretMemory.HugePage, SecretMemory.HugePage).Fill(1));
    }
}
