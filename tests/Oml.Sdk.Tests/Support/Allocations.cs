namespace Oml.Sdk.Tests.Support;

/// <summary>What an action allocates.</summary>
internal static class Allocations
{
    /// <summary>Bytes that an action allocates on this thread every time: the least of several runs.</summary>
    /// <remarks>A collection, for whatever other tests allocate, books the unused rest of this thread's buffer to the run that it falls into.</remarks>
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 10 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
