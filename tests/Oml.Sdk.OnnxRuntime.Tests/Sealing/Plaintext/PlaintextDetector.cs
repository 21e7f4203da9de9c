using System.Runtime.InteropServices;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>Finds pieces of known files in other bytes, wherever they start: any piece of 63 bytes holds a whole window of 32.</summary>
internal sealed class PlaintextDetector
{
    private const int WindowSize = 32;

    // Padding and runs of one value are in many files that have nothing to do with each other.
    private const int MinDistinctBytes = 12;

    private readonly Dictionary<ulong, ReadOnlyMemory<byte>> _windows = [];

    public PlaintextDetector(params IEnumerable<byte[]> files)
    {
        foreach (byte[] file in files)
        {
            for (int start = 0; start <= file.Length - WindowSize; start += WindowSize)
            {
                ReadOnlyMemory<byte> window = file.AsMemory(start, WindowSize);
                if (CountDistinct(window.Span) >= MinDistinctBytes)
                {
                    _windows.TryAdd(MemoryMarshal.Read<ulong>(window.Span), window);
                }
            }
        }
    }

    public int WindowCount => _windows.Count;

    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        for (int start = 0; start <= bytes.Length - WindowSize; start++)
        {
            ReadOnlySpan<byte> candidate = bytes.Slice(start, WindowSize);
            if (_windows.TryGetValue(MemoryMarshal.Read<ulong>(candidate), out ReadOnlyMemory<byte> window) && candidate.SequenceEqual(window.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The files beneath a folder that hold some of it.</summary>
    public IEnumerable<string> FilesWithAny(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => IsIn(File.ReadAllBytes(file)));

    private static int CountDistinct(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        int count = 0;
        foreach (byte value in bytes)
        {
            count += seen[value] ? 0 : 1;
            seen[value] = true;
        }

        return count;
    }
}
