using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class RevocationSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_permission_never_runs_the_model_and_stays_unused()
    {
        StatusListBuilder list = new("urn:status:1", 100) { [5] = PermissionStatus.Revoked };
        ModelFixture? fixture = null;
        fixture = await ModelFixture.CreateAsync(builder => builder.UseStatusLists(
            new Source(_ => list.Sign(fixture!.Issuer, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)))));
        await using ModelFixture disposed = fixture;
        byte[] token = Issue(fixture, request => request.Status = new StatusReference("urn:status:1", 5));

        (await FluentActions.Awaiting(() => fixture.Model.InferAsync(ModelFixture.Inputs(), token, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Revoked);
        fixture.Backend.Runs.Should().Be(0);

        list[5] = PermissionStatus.Valid;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await fixture.Model.InferAsync(ModelFixture.Inputs(), token, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_permission_never_runs_the_model_when_its_list_cannot_be_had_or_nobody_said_where()
    {
        await using ModelFixture offline = await ModelFixture.CreateAsync(builder => builder.UseStatusLists(new Source(_ => throw new IOException("away"))));
        await using ModelFixture unaware = await ModelFixture.CreateAsync();
        foreach (ModelFixture fixture in new[] { offline, unaware })
        {
            byte[] token = Issue(fixture, request => request.Status = new StatusReference("urn:status:1", 5));

            (await FluentActions.Awaiting(() => fixture.Model.InferAsync(ModelFixture.Inputs(), token, Cancellation).AsTask())
                .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.StatusUnknown);
            fixture.Backend.Runs.Should().Be(0);
        }
    }

    [Fact]
    public async Task A_permission_in_its_grace_opens_a_session_that_says_so()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] token = Issue(fixture, request =>
        {
            request.Grace = TimeSpan.FromHours(1);
            request.Features = ["export"];
            request.IsTrial = true;
        });
        byte[] spare = Issue(fixture, request => request.Grace = TimeSpan.FromHours(1));
        fixture.Time.Advance(TimeSpan.FromMinutes(90));

        await using OmlSession session = await fixture.Model.AuthorizeAsync(token, Cancellation);

        session.IsInGrace.Should().BeTrue();
        (session.Permission.IsTrial, session.Permission.Features.Single()).Should().Be((true, "export"));
        (await session.InferAsync(ModelFixture.Inputs(), Cancellation)).Dispose();
        fixture.Time.Advance(TimeSpan.FromMinutes(31) + CosePermissionVerifierOptions.DefaultClockSkew);
        (await FluentActions.Awaiting(() => session.InferAsync(ModelFixture.Inputs(), Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
        (await FluentActions.Awaiting(() => fixture.Model.AuthorizeAsync(spare, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Expired);
    }

    private static byte[] Issue(ModelFixture fixture, Action<Draft> configure)
    {
        Draft draft = new();
        configure(draft);
        return fixture.Issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = fixture.Model.Id,
            Lifetime = TimeSpan.FromHours(1),
            Status = draft.Status,
            Grace = draft.Grace,
            Features = draft.Features,
            IsTrial = draft.IsTrial,
        });
    }

    private sealed class Draft
    {
        public StatusReference? Status { get; set; }

        public TimeSpan Grace { get; set; }

        public System.Collections.Immutable.ImmutableArray<string> Features { get; set; } = [];

        public bool IsTrial { get; set; }
    }

    private sealed class Source(Func<string, byte[]> list) : IStatusListSource
    {
        public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default) => new(list(uri));
    }
}
