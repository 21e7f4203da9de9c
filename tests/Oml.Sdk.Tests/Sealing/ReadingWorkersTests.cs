using Oml.Sdk.Sealing.Reading;

namespace Oml.Sdk.Tests.Sealing;

public sealed class ReadingWorkersTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(32, 32)]
    [InlineData(192, 32)]
    public void There_is_one_for_each_processor_up_to_32(int processors, int workers) => ReadingWorkers.For(processors).Should().Be(workers);
}
