using System.Runtime.InteropServices;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Tests.Sealing;

public sealed partial class PageDeliveryTests
{
    private static readonly int Page = Environment.SystemPageSize;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_reads_a_page_too_early_waits_until_it_is_delivered_and_reads_it_whole()
    {
        using SecretMemory memory = SecretMemory.Allocate(8L * Page);
        using PageDelivery pages = Begin(memory);
        Task<bool> reader = ReadAsync(memory, 5, 0xA5);

        await Task.WhenAny(reader, Task.Delay(100, Cancellation));
        bool waited = !reader.IsCompleted;
        pages.Deliver(4L * Page, Filled(3, 0xA5));

        waited.Should().BeTrue();
        (await reader).Should().BeTrue("all of the page is there");
    }

    [Fact]
    public async Task Other_pages_are_still_waited_for()
    {
        using SecretMemory memory = SecretMemory.Allocate(8L * Page);
        using PageDelivery pages = Begin(memory);
        Task<bool> reader = ReadAsync(memory, 7, 1);

        pages.Deliver(0, Filled(7, 1));
        await Task.WhenAny(reader, Task.Delay(100, Cancellation));
        bool waited = !reader.IsCompleted;
        pages.Deliver(7L * Page, Filled(1, 1));

        waited.Should().BeTrue();
        (await reader).Should().BeTrue();
    }

    [Fact]
    public async Task Who_waits_when_it_ends_reads_zeros()
    {
        using SecretMemory memory = SecretMemory.Allocate(8L * Page);
        PageDelivery pages = Begin(memory);
        Task<bool> reader = ReadAsync(memory, 7, 0);
        await Task.WhenAny(reader, Task.Delay(100, Cancellation));
        bool waited = !reader.IsCompleted;

        pages.Dispose();

        waited.Should().BeTrue();
        (await reader).Should().BeTrue();
    }

    [Fact]
    public void What_was_delivered_is_cleared()
    {
        using SecretMemory memory = SecretMemory.Allocate((3 << 20) + 5);
        using (PageDelivery pages = Begin(memory))
        {
            for (int offset = 0; offset < memory.Length; offset += 1 << 20)
            {
                int length = (int)PageDelivery.RoundUp(Math.Min(1 << 20, memory.Length - offset));
                pages.Deliver(offset, Filled(length / Page, 0xFF));
            }
        }

        memory.Slice(0, (int)memory.Length).ContainsAnyExcept((byte)0xFF).Should().BeFalse();
        memory.Clear();

        memory.Slice(0, (int)memory.Length).ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Fact]
    public async Task A_huge_page_goes_over_whole_and_leaves_its_source_empty()
    {
        using SecretMemory memory = SecretMemory.Allocate(2L * SecretMemory.HugePage);
        using PageDelivery pages = Begin(memory);
        using SecretMemory source = SecretMemory.Allocate(SecretMemory.HugePage);
        foreach (byte number in (byte[])[1, 0])
        {
            source.Slice(0, SecretMemory.HugePage).Fill((byte)(number + 7));
            Task<bool> reader = ReadAsync(memory, (number * SecretMemory.HugePage / Page) + 3, (byte)(number + 7));

            pages.Deliver(number * (long)SecretMemory.HugePage, source);

            (await reader).Should().BeTrue();
        }

        memory.Slice(0, SecretMemory.HugePage).ContainsAnyExcept((byte)7).Should().BeFalse();
        memory.Slice(SecretMemory.HugePage, SecretMemory.HugePage).ContainsAnyExcept((byte)8).Should().BeFalse();
        if (Environment.OSVersion.Version >= new Version(6, 8))
        {
            source.Slice(0, SecretMemory.HugePage).ContainsAnyExcept((byte)0).Should().BeFalse("the pages went over");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_cannot_go_over_is_copied(int pagesBefore)
    {
        using SecretMemory memory = SecretMemory.Allocate(2L * SecretMemory.HugePage);
        using PageDelivery pages = Begin(memory);
        using SecretMemory source = SecretMemory.Allocate(SecretMemory.HugePage);
        source.Slice(0, SecretMemory.HugePage).Fill(9);
        source.TryLock();
        Assert.SkipUnless(source.IsLocked, "This process may not lock memory.");

        pages.Deliver(pagesBefore * (long)Page, source);

        memory.Slice(pagesBefore * Page, SecretMemory.HugePage).ContainsAnyExcept((byte)9).Should().BeFalse();
        source.Slice(0, SecretMemory.HugePage).ContainsAnyExcept((byte)9).Should().BeFalse("locked pages stay where they are");
    }

    [Fact]
    public void A_huge_page_is_delivered_once()
    {
        using SecretMemory memory = SecretMemory.Allocate(SecretMemory.HugePage);
        using PageDelivery pages = Begin(memory);
        using SecretMemory source = SecretMemory.Allocate(SecretMemory.HugePage);
        source.Slice(0, SecretMemory.HugePage).Fill(1);
        pages.Deliver(0, source);
        source.Slice(0, SecretMemory.HugePage).Fill(2);

        FluentActions.Invoking(() => pages.Deliver(0, source)).Should().Throw<IOException>();

        memory.Slice(0, SecretMemory.HugePage).ContainsAnyExcept((byte)1).Should().BeFalse();
    }

    [Fact]
    public void A_process_that_locks_all_its_memory_is_given_its_pages_too()
    {
        const int future = 2;
        Assert.SkipUnless(LockAll(future) == 0, "This process may not lock memory.");
        try
        {
            using SecretMemory memory = SecretMemory.Allocate(2L * SecretMemory.HugePage);
            using PageDelivery pages = Begin(memory);
            using SecretMemory source = SecretMemory.Allocate(SecretMemory.HugePage);
            source.Slice(0, SecretMemory.HugePage).Fill(3);

            pages.Deliver(0, Filled(1, 5));
            pages.Deliver(SecretMemory.HugePage, source);

            memory.Slice(0, Page).ContainsAnyExcept((byte)5).Should().BeFalse();
            memory.Slice(SecretMemory.HugePage, SecretMemory.HugePage).ContainsAnyExcept((byte)3).Should().BeFalse();
        }
        finally
        {
            _ = UnlockAll();
        }
    }

    [Fact]
    public void A_page_is_delivered_once_and_to_the_memory_alone()
    {
        using SecretMemory memory = SecretMemory.Allocate(2L * Page);
        using PageDelivery pages = Begin(memory);
        pages.Deliver(0, Filled(1, 1));

        FluentActions.Invoking(() => pages.Deliver(0, Filled(1, 2))).Should().Throw<IOException>();

        pages.Deliver(Page, Filled(1, 1));
        memory.Slice(0, 2 * Page).ContainsAnyExcept((byte)1).Should().BeFalse();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(-1, 0)]
    public void Lengths_are_rounded_up_to_pages(int aboveOnePage, int pagesAboveOne)
    {
        PageDelivery.RoundUp(Page + aboveOnePage).Should().Be(Page * (1 + pagesAboveOne));
        PageDelivery.RoundUp(0).Should().Be(0);
    }

    private static PageDelivery Begin(SecretMemory memory)
    {
        PageDelivery? pages = PageDelivery.TryBegin(memory);
        Assert.SkipWhen(pages is null, "This system does not let a process deliver pages (userfaultfd).");
        return pages!;
    }

    private static byte[] Filled(int pages, byte value)
    {
        byte[] content = new byte[pages * Page];
        content.AsSpan().Fill(value);
        return content;
    }

    // In native code on a thread of its own, as a runtime does: whether all bytes of a page are alike.
    private static Task<bool> ReadAsync(SecretMemory memory, int page, byte value)
    {
        nint address = memory.Address + (page * Page);
        byte[] expected = Filled(1, value);
        return Task.Factory.StartNew(
            () => Compare(address, expected, (nuint)Page) == 0, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [LibraryImport("libc", EntryPoint = "mlockall")]
    private static partial int LockAll(int flags);

    [LibraryImport("libc", EntryPoint = "munlockall")]
    private static partial int UnlockAll();

    [LibraryImport("libc", EntryPoint = "memcmp")]
    private static partial int Compare(nint first, byte[] second, nuint length);
}
