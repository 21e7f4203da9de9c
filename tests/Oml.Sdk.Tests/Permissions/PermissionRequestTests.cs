using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class PermissionRequestTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt).AddMilliseconds(900);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ModelId Model = TokenForge.Model;

    public static TheoryData<string, string, PermissionRequest> Wrong => new()
    {
        { "no licensee", "*licensee*empty*", new() { Licensee = "", Model = Model, Lifetime = Hour } },
        { "long licensee", "*licensee*256*257*", new() { Licensee = new string('é', 128) + "x", Model = Model, Lifetime = Hour } },
        { "control character", "*licensee*control*", new() { Licensee = "a\u0007", Model = Model, Lifetime = Hour } },
        { "surrogate", "*licensee*surrogate*", new() { Licensee = "a\ud800", Model = Model, Lifetime = Hour } },
        { "no audience", "*audience*empty*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Audience = "" } },
        { "long audience", "*audience*512*513*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Audience = new('a', 513) } },
        { "no end", "*Lifetime or ExpiresAt*", new() { Licensee = "l", Model = Model } },
        { "two ends", "*not both*", new() { Licensee = "l", Model = Model, Lifetime = Hour, ExpiresAt = Now + Hour } },
        { "no lifetime", "*at least 1 second*", new() { Licensee = "l", Model = Model, Lifetime = TimeSpan.FromMilliseconds(999) } },
        { "negative lifetime", "*at least 1 second*", new() { Licensee = "l", Model = Model, Lifetime = TimeSpan.MinValue } },
        { "endless", "*9999*", new() { Licensee = "l", Model = Model, Lifetime = TimeSpan.MaxValue } },
        { "ended", "*ended already*", new() { Licensee = "l", Model = Model, ExpiresAt = Now } },
        { "starts at its end", "*NotBefore*", new() { Licensee = "l", Model = Model, Lifetime = Hour, NotBefore = Now + Hour } },
        { "starts before 1970", "*1970*", new() { Licensee = "l", Model = Model, Lifetime = Hour, NotBefore = DateTimeOffset.MinValue } },
        { "quota 0", "*quota*2^53*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Quota = 0 } },
        { "quota 2^53 + 1", "*quota*2^53*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Quota = (1L << 53) + 1 } },
        { "quota and chain", "*Quota or PermitChain*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Quota = 1, PermitChain = new(new byte[32], 1) } },
        { "confirmation key", "*ES256*ES384*", new() { Licensee = "l", Model = Model, Lifetime = Hour, ConfirmationKey = TestKey.P384.PublicKey } },
        { "unit 0", "*unit*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Unit = 0 } },
        { "use 3", "*use*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Use = (PermissionUse)3 } },
        { "fingerprint 2^63", "*2^63*", new() { Licensee = "l", Model = Model, Lifetime = Hour, FingerprintId = 1UL << 63 } },
        { "no wrapped key", "*wrapped content key*113*0*", new() { Licensee = "l", Model = Model, Lifetime = Hour, WrappedContentKey = default(ReadOnlyMemory<byte>) } },
        { "short wrapped key", "*wrapped content key*113*112*", new() { Licensee = "l", Model = Model, Lifetime = Hour, WrappedContentKey = new byte[112] } },
        { "long wrapped key", "*wrapped content key*113*114*", new() { Licensee = "l", Model = Model, Lifetime = Hour, WrappedContentKey = new byte[114] } },
        { "empty scope", "*scope*empty*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Scopes = [""] } },
        { "long scope", "*scope*128*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Scopes = [new('s', 129)] } },
        { "65 scopes", "*64 scopes*65*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Scopes = [.. Enumerable.Range(0, 65).Select(i => $"s{i}")] } },
        { "long token", "*8192*scopes*", new() { Licensee = "l", Model = Model, Lifetime = Hour, Scopes = [.. Enumerable.Range(100, 64).Select(i => new string('s', 125) + i)] } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Refuses_what_no_permission_may_say(string what, string message, PermissionRequest request)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create(timeProvider: new FakeTimeProvider(Now));

        Action issue = () => issuer.Issue(request);

        issue.Should().Throw<ArgumentException>(what).WithMessage(message).WithParameterName(nameof(request));
    }

    [Fact]
    public void Times_are_cut_to_whole_seconds_so_that_it_never_holds_longer_than_asked()
    {
        PermissionDraft draft = PermissionDraft.Create(
            new() { Licensee = "l", Model = Model, ExpiresAt = Now.AddSeconds(10), NotBefore = Now.AddSeconds(1) }, Now);

        draft.IssuedAt.Should().Be(TokenForge.IssuedAt);
        draft.ExpiresAt.Should().Be(TokenForge.IssuedAt + 10);
        draft.NotBefore.Should().Be(TokenForge.IssuedAt + 2);
    }

    [Fact]
    public void Refuses_a_clock_that_was_never_set()
    {
        Action create = () => PermissionDraft.Create(new() { Licensee = "l", Model = Model, Lifetime = Hour }, DateTimeOffset.UnixEpoch.AddSeconds(-1));

        create.Should().Throw<InvalidOperationException>().WithMessage("*before 1970*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    public void Refuses_issuer_names_that_no_permission_can_have(string name)
    {
        Action create = () => PermissionIssuer.Create(name: name);
        Func<TrustedIssuer> trust = () => new TrustedIssuer(name, TestKey.P256.PublicKey);

        create.Should().Throw<ArgumentException>().WithParameterName(nameof(name));
        trust.Should().Throw<ArgumentException>().WithParameterName(nameof(name));
    }
}
