namespace Oml.Sdk.Sealing.Reading;

/// <summary>How many threads decrypt. Each needs about 2 MiB, so that they are bounded on machines of any size, as the sealer's are.</summary>
internal static class ReadingWorkers
{
    private const int Most = 32;

    public static int Count => For(Environment.ProcessorCount);

    public static int For(int processors) => Math.Clamp(processors, 1, Most);
}
