using System.Globalization;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

public sealed class SecretMemoryTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public void Clearing_does_not_fault_in_what_was_never_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which pages of a mapping are there.");
        using SecretMemory memory = SecretMemory.Allocate(512L * MiB);
        memory.Slice(300L * MiB, 1)[0] = 1;

        memory.Clear();

        memory.Slice(300L * MiB, 1)[0].Should().Be(0);
        Resident(memory).Should().BeLessThan(64L * MiB);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(MiB)]
    [InlineData((5 * MiB) + 3)]
    [InlineData(70 * MiB)]
    public void What_was_written_is_zero_after_a_clear(int length)
    {
        using SecretMemory memory = SecretMemory.Allocate(length);
        Parallel.For(0, 64, part =>
        {
            int start = (int)((long)length * part / 64);
            memory.Slice(start, (int)((long)length * (part + 1) / 64) - start).Fill(0xA5);
        });
        memory.Slice(0, length).Contains((byte)0).Should().BeFalse();

        memory.Clear();

        memory.Slice(0, length).ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Theory]
    [InlineData(MiB - 1, 2)]
    [InlineData(63 * MiB, 2 * MiB)]
    [InlineData((66 * MiB) + 5, 2)]
    [InlineData(7, 0)]
    public void A_part_across_the_bounds_of_pieces_is_cleared_whole(int offset, int length)
    {
        using SecretMemory memory = SecretMemory.Allocate((66 * MiB) + 7);
        memory.Slice(offset, length).Fill(1);

        memory.Clear();

        memory.Slice(0, (66 * MiB) + 7).ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Theory]
    [InlineData(SecretMemory.HugePage)]
    [InlineData((3 * SecretMemory.HugePage) + 1)]
    public void What_can_hold_a_huge_page_begins_where_one_may(int length)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a process map memory where a huge page may begin.");
        SecretMemory[] all = [.. Enumerable.Range(0, 20).Select(_ => SecretMemory.Allocate(length))];

        all.Select(memory => (long)memory.Address % SecretMemory.HugePage).Should().AllBeEquivalentTo(0L);
        Array.ForEach(all, memory =>
        {
            memory.Slice(0, 1)[0] = 1;
            memory.Slice(length - 1, 1)[0] = 1;
            memory.Dispose();
        });
    }

    [Fact]
    public void Memory_without_bytes_is_cleared()
    {
        using SecretMemory memory = SecretMemory.Allocate(0);

        memory.Slice(0, 0).Length.Should().Be(0);
        memory.Clear();
    }

    [Fact]
    public void Weights_that_are_not_locked_are_reported_once_for_a_model_with_what_to_do()
    {
        LogLines log = new();
        using SecretMemory one = SecretMemory.Allocate(100);
        using SecretMemory two = SecretMemory.Allocate(200);

        MemoryProtection.Report([one, two], "model.oml", log);

        log.Of(14).Should().ContainSingle().Which.Should().Contain("300 bytes").And.Contain("model.oml").And.Contain("ulimit -l");
        log.Of(15).Should().HaveCount(one.IsExcludedFromDumps ? 0 : 1);
    }

    [Fact]
    public void Weights_that_are_locked_and_left_out_of_dumps_are_not_worth_a_word()
    {
        LogLines log = new();
        using SecretMemory memory = SecretMemory.Allocate(100);
        memory.TryLock();
        Assert.SkipUnless(memory.IsLocked && memory.IsExcludedFromDumps, "This process may not lock memory.");

        MemoryProtection.Report([memory], "model.oml", log);

        log.Lines.Should().BeEmpty();
    }

    // "Rss" of the mappings that lie in it (proc_pid_smaps(5)).
    private static long Resident(SecretMemory memory)
    {
        long resident = 0;
        bool isWithin = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
            {
                string[] range = words[0].Split('-');
                isWithin = Address(range[0]) < memory.Address + memory.Length && Address(range[1]) > memory.Address;
            }
            else if (isWithin && words[0] == "Rss:")
            {
                resident += long.Parse(words[1], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return resident;

        static long Address(string text) => (long)ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
