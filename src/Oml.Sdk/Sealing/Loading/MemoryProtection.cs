using Microsoft.Extensions.Logging;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk.Sealing.Loading;

/// <summary>Tells, once for a model that is opened, which protection its memory could not be given.</summary>
internal static class MemoryProtection
{
    public static void Report(IReadOnlyCollection<SecretMemory> memory, string name, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger<OmlModel>();
        if (memory.Any(content => !content.IsExcludedFromDumps))
        {
            OmlLog.WeightsMayBeDumped(logger, name);
        }

        if (memory.Any(content => !content.IsLocked))
        {
            OmlLog.WeightsMayBeSwapped(logger, name, memory.Sum(content => content.Length));
        }
    }
}
