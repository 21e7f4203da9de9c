using System.IO.MemoryMappedFiles;

namespace Oml.Sdk.LoadHost;

/// <summary>Does what the library must not do, so that a test can show that it would be seen.</summary>
internal static class Leak
{
    private const int Start = 100_001;
    private const int Length = 1000;

    public static int Run(string how, string source, string target)
    {
        using FileStream file = File.OpenRead(source);
        byte[] piece = new byte[Length];
        file.Position = Start;
        file.ReadExactly(piece);
        switch (how)
        {
            case "kept":
                File.WriteAllBytes(target, piece);
                break;
            case "deleted":
                File.WriteAllBytes(target, piece);
                File.Delete(target);
                break;
            case "mapped":
                using (MemoryMappedFile mapped = MemoryMappedFile.CreateFromFile(target, FileMode.Create, null, Length))
                using (MemoryMappedViewAccessor view = mapped.CreateViewAccessor())
                {
                    view.WriteArray(0, piece, 0, Length);
                }

                File.Delete(target);
                break;
            case "copied":
                File.Copy(source, target);
                File.Delete(target);
                break;
            default:
                return 2;
        }

        return 0;
    }
}
