using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions.Revocation;

/// <summary>Lists, and the keys of an issuer that come and go.</summary>
public sealed class StatusListTrustTests : IStatusListSource, IDisposable
{
    private const string Name = "https://publisher.example";
    private const string Uri = "https://publisher.example/status/1";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedKeySource _keys = new();
    private readonly PermissionIssuer _old;
    private readonly PermissionIssuer _new;
    private readonly StatusListBuilder _list = new(Uri, 100) { [5] = PermissionStatus.Revoked };
    private readonly CosePermissionVerifier _verifier;
    private Func<byte[]> _fetch = () => throw new IOException("away");

    public StatusListTrustTests()
    {
        _old = PermissionIssuer.Create(name: Name, timeProvider: _time);
        _new = PermissionIssuer.Create(PermissionAlgorithm.ES384, Name, _time);
        _keys.Has(_old, _new);
        CosePermissionVerifierOptions options = new() { StatusLists = this };
        options.TrustedIssuerSources.Add(new TrustedIssuerSource(Name, _keys));
        _verifier = new CosePermissionVerifier(options, _time);
    }

    public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default) => new(_fetch());

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task A_list_ends_with_the_trust_in_its_key()
    {
        // Whoever stole the old key says that nothing is revoked, for as long as can be said.
        byte[] permission = Issue(5);
        StatusListBuilder forged = new(Uri, 100);
        _fetch = () => forged.Sign(_old, TimeSpan.FromDays(3000), TimeSpan.FromDays(3000));
        (await VerifyAsync(permission)).Should().Be(DenialReason.None);

        _keys.Has(_new);
        await _verifier.RefreshIssuersAsync(TestContext.Current.CancellationToken);

        (await VerifyAsync(permission)).Should().Be(DenialReason.StatusUnknown);
        _fetch = () => _list.Sign(_new, TimeSpan.FromDays(1));
        _time.Advance(TimeSpan.FromSeconds(5));
        (await VerifyAsync(permission)).Should().Be(DenialReason.Revoked);
        (await VerifyAsync(Issue(6))).Should().Be(DenialReason.None);
    }

    [Fact]
    public async Task A_list_of_a_key_that_is_not_known_yet_makes_a_look_for_it()
    {
        byte[] permission = Issue(5);
        _keys.Has(_new);
        _fetch = () => _list.Sign(_new, TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        (await VerifyAsync(permission)).Should().Be(DenialReason.Revoked);

        _time.Advance(TrustedIssuerSource.DefaultRetryInterval + TimeSpan.FromMinutes(1));
        _keys.Has(_old, _new);
        _list[5] = PermissionStatus.Valid;
        _fetch = () => _list.Sign(_old, TimeSpan.FromHours(1));

        (await VerifyAsync(permission)).Should().Be(DenialReason.None);
        _keys.Loads.Should().Be(2);
    }

    private byte[] Issue(int index) => _new.Issue(Request(index));

    private static PermissionRequest Request(int index) => new()
    {
        Licensee = "licensee",
        Model = StatusListFixture.Model,
        Lifetime = TimeSpan.FromDays(30),
        Status = new StatusReference(Uri, index),
    };

    private async Task<DenialReason> VerifyAsync(byte[] token) =>
        (await _verifier.VerifyAsync(token, new PermissionContext(StatusListFixture.Model), TestContext.Current.CancellationToken)).Reason;
}
