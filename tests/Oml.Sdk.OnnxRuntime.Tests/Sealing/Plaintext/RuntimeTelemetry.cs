using System.Diagnostics;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>ONNX Runtime's own telemetry, which it has on unless it is told otherwise: the only thing that writes files of any size.</summary>
internal static class RuntimeTelemetry
{
    public static void Set(ProcessStartInfo start, bool isOn)
    {
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        if (!isOn)
        {
            start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        }
    }

    /// <summary>Whether it keeps a file: a database of events about the process, and the ids of the device and of the session.</summary>
    public static bool Owns(string relativePath) =>
        relativePath == ".ses" || relativePath.Replace('\\', '/').Contains("Microsoft/DeveloperTools/.onnxruntime/", StringComparison.Ordinal);
}
