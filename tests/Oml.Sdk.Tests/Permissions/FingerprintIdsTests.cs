using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class FingerprintIdsTests
{
    [Fact]
    public void Is_the_start_of_the_sha_256_of_the_name_without_the_top_bit()
    {
        // SHA-256("abc") = ba7816bf8f01cfea..., whose top bit is set.
        FingerprintIds.FromLicensee("abc").Should().Be(0x3a7816bf8f01cfea);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Refuses_names_that_no_permission_can_have(string licensee)
    {
        Action derive = () => FingerprintIds.FromLicensee(licensee);

        derive.Should().Throw<ArgumentException>().WithParameterName(nameof(licensee));
    }

    [Fact]
    public void Refuses_an_unpaired_surrogate_rather_than_replacing_it()
    {
        Action derive = () => FingerprintIds.FromLicensee("a\ud800");

        derive.Should().Throw<ArgumentException>().WithMessage("*surrogate*");
    }
}
