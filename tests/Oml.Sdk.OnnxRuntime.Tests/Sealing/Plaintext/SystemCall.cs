using System.Text;
using System.Text.RegularExpressions;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>One line of <c>strace -y -xx</c>.</summary>
/// <param name="Name">The name of the call.</param>
/// <param name="File">What its first open file is, if it has one; for a call that opens, what it opened.</param>
/// <param name="Buffers">The strings and buffers that it was given.</param>
/// <param name="IsCut">Whether a buffer was longer than what was traced of it.</param>
/// <param name="Text">All of it, without the buffers.</param>
internal sealed partial record SystemCall(string Name, string? File, IReadOnlyList<byte[]> Buffers, bool IsCut, string Text)
{
    /// <returns>The call; null where the line is none, or one that failed and so did nothing.</returns>
    public static SystemCall? Parse(string line)
    {
        Match match = Call().Match(line);
        if (!match.Success)
        {
            return null;
        }

        string arguments = match.Groups["arguments"].Value;
        Match file = OpenFile().Match(match.Groups["result"].Value) is { Success: true } opened ? opened : OpenFile().Match(arguments);
        MatchCollection buffers = Buffer().Matches(arguments);
        return new SystemCall(
            match.Groups["name"].Value,
            file.Success ? Encoding.UTF8.GetString(Unescape(file.Groups["path"].Value)) : null,
            [.. buffers.Select(buffer => Unescape(buffer.Groups["bytes"].Value))],
            buffers.Any(buffer => buffer.Groups["cut"].Success),
            OpenFile().Replace(Buffer().Replace(arguments, "…"), "file"));
    }

    private static byte[] Unescape(string text) => Convert.FromHexString(text.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\)\s+= (?!-1)(?<result>.*)$")]
    private static partial Regex Call();

    [GeneratedRegex(@"\b\d+<(?<path>(?:\\x[0-9a-f]{2})*)>")]
    private static partial Regex OpenFile();

    [GeneratedRegex("\"(?<bytes>(?:\\\\x[0-9a-f]{2})*)\"(?<cut>\\.\\.\\.)?")]
    private static partial Regex Buffer();
}
