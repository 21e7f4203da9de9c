using System.Text.RegularExpressions;
using Oml.Sdk.Sealing.Manifest;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>Tells what a sealer wrote from what is to be sealed: a folder that is sealed again holds what came of it before.</summary>
internal static partial class SealerOutput
{
    /// <summary>What is wrong with sealing a file; null if nothing is.</summary>
    public static string? FindFault(string filePath)
    {
        if (PendingName().IsMatch(Path.GetFileName(filePath)))
        {
            return "is what a sealing that was cut off left behind: delete it";
        }

        Span<byte> start = stackalloc byte[FileHeader.Size];
        using FileStream file = new(filePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return FileHeader.IsMagic(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)])
            ? "is a sealed model: keep those in another folder, or add it with AddFile if it belongs into the model"
            : null;
    }

    // See PendingFile.
    [GeneratedRegex(@"\.[0-9a-f]{8}\.partial\z", RegexOptions.CultureInvariant)]
    private static partial Regex PendingName();
}
