namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Follows every symbolic link of a path, in its folders too, which the platform does only for the last part.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path without links; what does not exist has none.</summary>
    /// <exception cref="IOException">The links go round in circles.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        Stack<string> rest = new();
        Push(rest, full[real.Length..]);
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"The symbolic links of {OnnxText.Quote(path)} go round in circles.");
            }

            if (Path.IsPathRooted(target))
            {
                target = Path.GetFullPath(target);
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            Push(rest, target);
        }

        return real;
    }

    private static void Push(Stack<string> rest, string path)
    {
        string[] parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] is not ("" or "."))
            {
                rest.Push(parts[i]);
            }
        }
    }
}
