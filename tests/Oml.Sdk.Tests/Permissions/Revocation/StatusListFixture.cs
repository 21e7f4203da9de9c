using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Tests.Permissions.Revocation;

/// <summary>A publisher with a status list, a verifier that fetches it, and a clock.</summary>
internal sealed class StatusListFixture : IStatusListSource, IDisposable
{
    public const string Uri = "https://publisher.example/status/1";

    private int _fetches;

    public StatusListFixture(Action<StatusListOptions>? configure = null)
    {
        Issuer = PermissionIssuer.Create(timeProvider: Time);
        List = new StatusListBuilder(Uri, 1000);
        CosePermissionVerifierOptions options = new() { StatusLists = this };
        options.TrustedIssuers.Add(new TrustedIssuer(Issuer.PublicKey));
        configure?.Invoke(options.StatusListOptions);
        Verifier = new CosePermissionVerifier(options, Time);
        Fetch = _ => new(Sign());
    }

    public static ModelId Model { get; } = ModelId.Compute("model"u8);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    public PermissionIssuer Issuer { get; }

    public StatusListBuilder List { get; }

    public CosePermissionVerifier Verifier { get; }

    public Func<string, ValueTask<byte[]>> Fetch { get; set; }

    public int Fetches => Volatile.Read(ref _fetches);

    public async ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _fetches);
        return await Fetch(uri);
    }

    public byte[] Sign(TimeSpan? lifetime = null, TimeSpan? ttl = null) => List.Sign(Issuer, lifetime ?? TimeSpan.FromHours(10), ttl ?? TimeSpan.FromHours(1));

    public byte[] Issue(int index = 7, string uri = Uri, PermissionIssuer? issuer = null) => (issuer ?? Issuer).Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = Model,
        Lifetime = TimeSpan.FromDays(30),
        Status = new StatusReference(uri, index),
    });

    public async Task<DenialReason> VerifyAsync(byte[] token) =>
        (await Verifier.VerifyAsync(token, new PermissionContext(Model), TestContext.Current.CancellationToken)).Reason;

    public void Dispose() => Issuer.Dispose();
}
