using System.Globalization;
using Oml.Sdk.Sealing.Writing;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>A graph that holds gigabytes of weights is sealed out of a mapping, without ever being in memory as a whole.</summary>
public sealed class MappedFileTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_read_of_a_mapped_file_does_not_stay_in_the_process_and_can_be_read_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a process give pages of a mapping back.");
        byte[] content = new byte[256 * MiB];
        new Random(1).NextBytes(content.AsSpan(0, 1000));
        content[^1] = 1;
        File.WriteAllBytes(_path, content);
        using MappedFile file = MappedFile.Open(_path);
        using PiecesStream stream = new([file.Memory[3..(100 * MiB)], new byte[10], file.Memory[(100 * MiB)..]], file);
        byte[] buffer = new byte[300_000];
        long before = Resident(), most = 0, read = 0;
        for (int count = 1; count > 0; read += count)
        {
            count = stream.Read(buffer);
            most = Math.Max(most, Resident());
        }

        read.Should().Be(content.Length - 3 + 10);
        (most - before).Should().BeLessThan(64 * MiB);
        file.Memory.Span.SequenceEqual(content).Should().BeTrue();
    }

    [Fact]
    public void Memory_of_others_is_left_alone()
    {
        File.WriteAllBytes(_path, new byte[MiB]);
        using MappedFile file = MappedFile.Open(_path);
        byte[] other = GC.AllocateArray<byte>(MiB, pinned: true);
        other.AsSpan().Fill(7);

        file.Release(other);
        file.Release([]);

        other.AsSpan().ContainsAnyExcept((byte)7).Should().BeFalse();
    }

    // "RssFile" of the process (proc_pid_status(5)): what of its mappings of files is in memory.
    private static long Resident() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssFile:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
