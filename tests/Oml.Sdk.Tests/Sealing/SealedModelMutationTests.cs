using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>Random damage, checked and read. Alone: what is allocated is measured over all threads.</summary>
[CollectionDefinition(nameof(SealedModelMutationTests), DisableParallelization = true)]
[Collection(nameof(SealedModelMutationTests))]
public sealed class SealedModelMutationTests : IDisposable
{
    // Far more than it takes: who exceeds it hangs.
    private const int HangMilliseconds = 15 * 60 * 1000;
    private const int MiB = 1 << 20;

    private readonly SealedFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact(Timeout = HangMilliseconds)]
    public async Task Ten_thousand_mutations_are_refused_without_a_crash_a_hang_or_a_large_allocation()
    {
        byte[] file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content((2 * 16384) + 100)));

        await RefuseAsync(file, 10_000, seed: 20261123);
    }

    [Fact(Timeout = HangMilliseconds)]
    public async Task Mutations_of_a_file_of_several_segments_and_entries_are_refused_too()
    {
        ModelPackage package = SealedFiles.Package(SealedFiles.Content((2 * MiB) + 20_000)).AddBytes("other.bin", SealedFiles.Content(MiB, seed: 2));
        byte[] file = await _files.SealAsync(package);

        await RefuseAsync(file, 150, seed: 20261128);
    }

    private async Task RefuseAsync(byte[] file, int count, int seed)
    {
        (await AllocatedAsync(file)).Failures.Should().AllBeEquivalentTo(SealedModelFailure.None, "it is whole");
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] mutant = Mutation.Of(file, random);
            if (mutant.AsSpan().SequenceEqual(file))
            {
                continue;
            }

            (SealedModelFailure[] failures, long allocated) = await AllocatedAsync(mutant);

            failures.Should().NotContain(SealedModelFailure.None, "mutation {0} changed the file", i);

            // Each worker has a segment, sealed and in clear; what is read into arrays is as long as the file at most.
            allocated.Should().BeLessThan((8L * mutant.Length) + (Environment.ProcessorCount * 4L * Math.Min(mutant.Length, 2 * MiB)) + MiB);
        }
    }

    private async Task<(SealedModelFailure[] Failures, long Bytes)> AllocatedAsync(byte[] file)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        SealedModelFailure[] failures = [await _files.VerifyFailureAsync(file), await _files.ReadFailureAsync(file)];
        return (failures, GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
