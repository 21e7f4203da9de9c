using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class PermissionVectorTests
{
    private static readonly PermissionVectorFile File = PermissionVectorFile.Read();

    public static TheoryData<string> Names => [.. File.Vectors.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Gives_each_vector_its_failure_class(string name)
    {
        PermissionVector vector = File.Vectors.Single(candidate => candidate.Name == name);

        PermissionVerification result = await File.CreateVerifier().VerifyAsync(Convert.FromHexString(vector.Token), File.CreateContext());

        result.Reason.Should().Be(vector.Expected, "{0} ({1})", vector.Note, result.Message);
        PermissionVectorClaims? claims = result.Permission is null ? null : PermissionVectorClaims.From(result.Permission);
        claims.Should().BeEquivalentTo(vector.Claims);
    }

    [Fact]
    public void The_vector_file_is_what_its_generator_writes()
    {
        string text = PermissionVectorFactory.Create().ToText();

        // To write the file anew: OML_WRITE_VECTORS=<path of permission.json>.
        if (Environment.GetEnvironmentVariable("OML_WRITE_VECTORS") is { Length: > 0 } path)
        {
            System.IO.File.WriteAllText(path, text);
            return;
        }

        PermissionVectorFile.ReadText().Should().Be(text);
    }

    [Fact]
    public void The_vectors_include_every_failure_class_that_a_verifier_has()
    {
        DenialReason[] ofOthers =
        [
            DenialReason.Replayed, DenialReason.QuotaExhausted, DenialReason.InputMismatch, DenialReason.UnrestrictableOutput,
            DenialReason.BadPreimage, DenialReason.PaymentRequired, DenialReason.RateLimited,
            DenialReason.ProofMissing, DenialReason.BadProof, DenialReason.ClockSetBack,
            DenialReason.Revoked, DenialReason.Suspended,
        ];

        File.Vectors.Select(vector => vector.Expected).Distinct().Should().BeEquivalentTo(Enum.GetValues<DenialReason>().Except(ofOthers));
        File.Vectors.Should().OnlyHaveUniqueItems(vector => vector.Name);
    }

    [Fact]
    public void The_signer_of_the_vectors_agrees_with_rfc_6979()
    {
        // RFC 6979 A.2.5 and A.2.6, message "sample".
        Convert.ToHexString(TestKey.P256.Sign("sample"u8.ToArray())).Should().Be(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716" +
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
        Convert.ToHexString(TestKey.P384.Sign("sample"u8.ToArray())).Should().Be(
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46" +
            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8");
    }
}
