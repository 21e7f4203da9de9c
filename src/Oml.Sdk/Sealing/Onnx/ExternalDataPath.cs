using System.Text;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>The rules for the place of external data: a relative path that names the same file below a folder on every system.</summary>
internal static class ExternalDataPath
{
    public const int MaxBytes = 1024;
    private const int MaxSegments = 32;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>Checks a location.</summary>
    /// <returns>The same location: nothing that is accepted needs to be rewritten.</returns>
    /// <exception cref="OnnxFormatException">The location breaks a rule; the message says which.</exception>
    public static string Validate(string location) =>
        FindFault(location) is { } fault ? throw new OnnxFormatException($"The location {OnnxText.Quote(location)} {fault}.") : location;

    /// <summary>What is wrong with a location, as the end of a sentence; null when nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<char> location)
    {
        if (location.IsEmpty)
        {
            return "is empty";
        }

        if (location.Length > MaxBytes || Encoding.UTF8.GetByteCount(location) > MaxBytes)
        {
            return $"is longer than {MaxBytes} bytes of UTF-8";
        }

        for (int i = 0; i < location.Length; i++)
        {
            if (char.IsSurrogate(location[i]) && (i + 1 == location.Length || !char.IsSurrogatePair(location[i], location[++i])))
            {
                return "is not valid Unicode text";
            }

            if (FindFault(location[i]) is { } fault)
            {
                return fault;
            }
        }

        if (location[0] == '/')
        {
            return "is not relative";
        }

        int count = 0;
        foreach (Range range in location.Split('/'))
        {
            if (FindSegmentFault(location[range]) is { } fault)
            {
                return fault;
            }

            count++;
        }

        return count > MaxSegments ? $"has more than {MaxSegments} segments" : null;
    }

    private static string? FindFault(char c) => c switch
    {
        '\\' => "has a backslash",
        ':' => "has a colon, which makes a drive, a stream or a scheme",
        _ when char.IsControl(c) => "has a control character",

        // Also what ONNX Runtime marks addresses of its own memory with: "*/_ORT_MEM_ADDR_/*".
        '*' or '?' or '"' or '<' or '>' or '|' => $"has the character {c}, which is not part of a file name everywhere",
        _ => null,
    };

    private static string? FindSegmentFault(ReadOnlySpan<char> segment) => segment switch
    {
        [] => "has an empty segment or ends with a slash",
        "." or ".." => $"has the segment {segment}",
        [.., '.' or ' '] => "has a segment that ends with a dot or a space",
        _ when IsDevice(segment) => $"names the device {segment}",
        _ => null,
    };

    // Windows takes these names for devices in every folder, whatever extension follows.
    private static bool IsDevice(ReadOnlySpan<char> segment)
    {
        int dot = segment.IndexOf('.');
        ReadOnlySpan<char> stem = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        foreach (string device in Devices)
        {
            if (stem.Equals(device, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return stem.Length == 4 && stem[3] is (>= '0' and <= '9') or '¹' or '²' or '³'
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase));
    }
}
