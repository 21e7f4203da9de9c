using System.Globalization;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>A mapping of this process (proc_pid_smaps(5)), with its flags.</summary>
internal sealed record MemoryMapping(ulong Start, ulong End, string[] Flags)
{
    // VM_DONTDUMP
    private const string LeftOutOfDumps = "dd";

    /// <summary>How many bytes of a range are mapped and left out of core dumps.</summary>
    public static long CountLeftOutOfDumps(nint address, long length)
    {
        ulong start = (ulong)address;
        ulong end = start + (ulong)length;
        return ReadAll().Where(mapping => mapping.Flags.Contains(LeftOutOfDumps) && mapping.Start < end && mapping.End > start)
            .Sum(mapping => (long)(Math.Min(end, mapping.End) - Math.Max(start, mapping.Start)));
    }

    private static IEnumerable<MemoryMapping> ReadAll()
    {
        const string Flags = "VmFlags:";
        string[] range = [];
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ', 2)[0];
            if (line.StartsWith(Flags, StringComparison.Ordinal))
            {
                yield return new MemoryMapping(Address(range[0]), Address(range[1]), line[Flags.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else if (!first.EndsWith(':'))
            {
                range = first.Split('-');
            }
        }

        static ulong Address(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
