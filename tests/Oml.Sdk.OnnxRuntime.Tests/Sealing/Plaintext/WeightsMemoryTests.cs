using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

public sealed class WeightsMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_weights_of_an_open_model_are_left_out_of_core_dumps_and_their_memory_is_given_back_when_it_closes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which memory is left out of core dumps.");
        using LicensedModel licensed = await LicensedModel.CreateAsync(externalWeights: true, Cancellation);
        ExternalDataFile? weights = null;
        await using (OmlModel model = await OmlModel.CreateBuilder()
            .UseBackend((source, loggers, _) =>
            {
                weights = source.ExternalInitializers[0].File;
                return new(OnnxRuntimeBackend.Load(source, loggerFactory: loggers));
            })
            .TrustIssuer(licensed.Publisher.PublicKey)
            .UseSealedModel(licensed.SealedPath, licensed.Licensee)
            .BuildAsync(Cancellation))
        {
            await using OmlSession session = await model.AuthorizeAsync(licensed.Permission, Cancellation);

            weights!.Length.Should().BeGreaterThan(16 << 20);
            MemoryMapping.CountLeftOutOfDumps(weights.Address, weights.Length).Should().Be(weights.Length);
        }

        // Other mappings may have come into its place, but none of this size that is left out of dumps.
        MemoryMapping.CountLeftOutOfDumps(weights.Address, weights.Length).Should().BeLessThan(weights.Length);
    }
}
