using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Run options that a cancelled token can terminate, kept for the next call: making one costs a native allocation.</summary>
internal sealed class RunOptionsPool : IDisposable
{
    private const int Kept = 64;

    private readonly ConcurrentBag<RunOptions> _free = [];

    public RunOptions Rent() => _free.TryTake(out RunOptions? options) ? options : Create();

    /// <summary>Options whose native log is silent: what fails is raised as an exception.</summary>
    public static RunOptions Create() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Takes options back; the caller has ended the registration that could still terminate them.</summary>
    public void Return(RunOptions options)
    {
        if (options.Terminate || _free.Count >= Kept)
        {
            options.Dispose();
        }
        else
        {
            _free.Add(options);
        }
    }

    public void Dispose()
    {
        while (_free.TryTake(out RunOptions? options))
        {
            options.Dispose();
        }
    }
}
