using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions.Revocation;

public sealed class StatusListVectorTests
{
    private static readonly StatusListVectorFile File = StatusListVectorFile.Read();

    public static TheoryData<string> Names => [.. File.Vectors.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Gives_each_list_its_failure_class(string name)
    {
        StatusListVector vector = File.Vectors.Single(candidate => candidate.Name == name);

        PermissionVerification result = await File.VerifyAsync(vector);

        result.Reason.Should().Be(vector.Expected, "{0} ({1})", vector.Note, result.Message);
    }

    [Fact]
    public void The_vector_file_is_what_its_generator_writes()
    {
        string text = StatusListVectorFactory.Create().ToText();

        // To write the file anew: OML_WRITE_STATUS_LIST_VECTORS=<path of status-list.json>.
        if (Environment.GetEnvironmentVariable("OML_WRITE_STATUS_LIST_VECTORS") is { Length: > 0 } path)
        {
            System.IO.File.WriteAllText(path, text);
            return;
        }

        StatusListVectorFile.ReadText().Should().Be(text);
    }

    [Fact]
    public void The_vectors_include_every_verdict_that_a_list_can_lead_to()
    {
        File.Vectors.Select(vector => vector.Expected).Distinct().Should().BeEquivalentTo(
            [DenialReason.None, DenialReason.Revoked, DenialReason.Suspended, DenialReason.StatusUnknown]);
        File.Vectors.Should().OnlyHaveUniqueItems(vector => vector.Name);
    }
}
