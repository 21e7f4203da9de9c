using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions;

public sealed partial class IssuerKeyRotationTests : IDisposable
{
    private const string Name = "https://publisher.example";

    private static readonly DateTimeOffset Start = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PermissionContext Context = new(TokenForge.Model);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly LogLines _log = new();
    private readonly ScriptedKeySource _source = new();
    private readonly PermissionIssuer _old;
    private readonly PermissionIssuer _new;

    public IssuerKeyRotationTests()
    {
        _old = PermissionIssuer.Create(name: Name, timeProvider: _time);
        _new = PermissionIssuer.Create(PermissionAlgorithm.ES384, Name, _time);
        _source.Has(_old);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task A_new_key_is_found_when_its_first_permission_comes_and_a_removed_one_is_unknown()
    {
        CosePermissionVerifier verifier = Verifier();
        byte[] old = Issue(_old);
        await ShouldBe(verifier, old, DenialReason.None);
        _time.Advance(TimeSpan.FromSeconds(30));
        byte[] fresh = Issue(_new);

        _source.Has(_old, _new);
        await ShouldBe(verifier, fresh, DenialReason.None);
        await ShouldBe(verifier, old, DenialReason.None);
        _source.Loads.Should().Be(2, "once at the start, and once for the key that was not known");

        _source.Has(_new);
        await ShouldBe(verifier, old, DenialReason.None);
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);
        await ShouldBe(verifier, old, DenialReason.UnknownIssuer);
        await ShouldBe(verifier, fresh, DenialReason.None);
        _source.Loads.Should().Be(3, "a key that was removed is not worth a look of its own so soon");
    }

    [Fact]
    public async Task Hostile_tokens_make_one_load_in_each_interval_however_many_they_are()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        byte[][] hostile = [.. Enumerable.Range(0, 200).Select(_ =>
        {
            using PermissionIssuer impostor = PermissionIssuer.Create(name: Name, timeProvider: _time);
            return Issue(impostor);
        })];

        for (int interval = 1; interval <= 3; interval++)
        {
            _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
            await Task.WhenAll(hostile.Select(token => Task.Run(() => ShouldBe(verifier, token, DenialReason.UnknownIssuer))));
            _source.Loads.Should().Be(1 + interval);
        }

        _time.Advance(TrustedIssuerSource.DefaultRetryInterval - TimeSpan.FromTicks(1));
        await ShouldBe(verifier, hostile[0], DenialReason.UnknownIssuer);
        _source.Loads.Should().Be(4);
    }

    [Fact]
    public async Task Tokens_of_others_and_of_other_forms_make_no_load_at_all()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        using PermissionIssuer other = PermissionIssuer.Create(name: Name + "/", timeProvider: _time);
        byte[] changed = Issue(_old);
        changed[^1] ^= 1;

        await ShouldBe(verifier, Issue(other), DenialReason.UnknownIssuer);
        await ShouldBe(verifier, changed, DenialReason.BadSignature);
        await ShouldBe(verifier, new byte[100], DenialReason.Malformed);
        await ShouldBe(verifier, TokenForge.Minimal(TestKey.Stranger).WithoutClaim(1).Build(TestKey.Stranger), DenialReason.UnknownIssuer);
        await ShouldBe(
            verifier, TokenForge.Minimal(TestKey.Stranger).WithClaim(1, Cbor.Int(7)).Build(TestKey.Stranger), DenialReason.UnknownIssuer);
        await ShouldBe(verifier, (TokenForge.Minimal(TestKey.Stranger) with { Payload = [0xFF] }).Build(TestKey.Stranger), DenialReason.UnknownIssuer);

        _source.Loads.Should().Be(1);
    }

    [Fact]
    public async Task A_delegated_permission_of_a_new_key_is_a_reason_to_look_for_it()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        using PossessionKey licensee = PossessionKey.Create(_time);
        PermissionRequest request = new()
        {
            Licensee = "licensee",
            Model = TokenForge.Model,
            Lifetime = TimeSpan.FromDays(1),
            Use = PermissionUse.Resumable,
            ConfirmationKey = licensee.PublicKey,
        };
        byte[] delegated = licensee.Delegate(_new.Issue(request), request);

        _source.Has(_new);

        await ShouldBe(verifier, delegated, DenialReason.None);
        _source.Loads.Should().Be(2);
    }

    [Fact]
    public async Task A_set_that_cannot_be_read_leaves_the_last_good_one_and_is_logged()
    {
        CosePermissionVerifier verifier = Verifier();
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        string malformed = ScriptedKeySource.Set(_new).ExportJwkSet()[..^5];

        _source.Load = _ => new(IssuerKeySet.Import(System.Text.Encoding.UTF8.GetBytes(malformed)));
        _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        await ShouldBe(verifier, Issue(_new), DenialReason.UnknownIssuer);
        _source.Load = _ => new((IssuerKeySet)null!);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.None);

        _log.Of(23).Should().HaveCount(2).And.AllSatisfy(line => line.Should().Contain(Name).And.Contain("its 1 keys until now stay trusted"));
        _source.Has(_new);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_new), DenialReason.None);
        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        _log.Of(21).Should().HaveCount(2);
        _source.Loads.Should().Be(4);
    }

    [Fact]
    public async Task Keys_that_cannot_be_refreshed_for_too_long_are_trusted_no_more_until_they_are()
    {
        CosePermissionVerifier verifier = Verifier(source => source.MaxAge = TimeSpan.FromHours(1));
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _source.Load = _ => throw new IOException("the server is away");

        _time.Advance(TimeSpan.FromHours(1));
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        _log.Of(24).Should().ContainSingle().Which.Should().Contain(Name);

        _source.Has(_old);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);
        await ShouldBe(verifier, Issue(_old), DenialReason.None);
    }

    [Fact]
    public async Task Initial_keys_are_trusted_until_a_load_succeeds()
    {
        _source.Load = _ => throw new IOException("there is no network yet");
        CosePermissionVerifier verifier = Verifier(source => source.InitialKeys = ScriptedKeySource.Set(_old));

        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        _source.Has(_new);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);

        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        await ShouldBe(verifier, Issue(_new), DenialReason.None);
    }

    [Fact]
    public async Task Without_any_keys_permissions_are_refused_and_the_source_is_tried_again()
    {
        _source.Load = _ => throw new IOException("the server is away");
        CosePermissionVerifier verifier = Verifier();

        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        _source.Loads.Should().Be(1);
        _source.Has(_old);
        _time.Advance(TrustedIssuerSource.DefaultRetryInterval);

        await ShouldBe(verifier, Issue(_old), DenialReason.None);
    }

    [Fact]
    public async Task Whoever_knows_that_keys_changed_can_have_them_loaded_and_hears_when_that_fails()
    {
        CosePermissionVerifier verifier = Verifier();
        await verifier.RefreshIssuersAsync();
        byte[] old = Issue(_old);
        await ShouldBe(verifier, old, DenialReason.None);

        _source.Has(_new);
        await verifier.RefreshIssuersAsync();
        await ShouldBe(verifier, old, DenialReason.UnknownIssuer);
        _source.Load = _ => throw new IOException("the server is away");
        Func<Task> refresh = () => verifier.RefreshIssuersAsync();

        IssuerKeySetException error = (await refresh.Should().ThrowAsync<IssuerKeySetException>()).Which;
        error.Issuer.Should().Be(Name);
        error.Message.Should().Contain("the server is away");
        error.InnerException.Should().BeOfType<IOException>();
        await ShouldBe(verifier, Issue(_new), DenialReason.None);
    }

    [Fact]
    public async Task A_refresh_does_not_make_do_with_a_load_that_began_before_it()
    {
        TaskCompletionSource<IssuerKeySet> slow = new();
        _source.Load = _ => new(slow.Task);
        CosePermissionVerifier verifier = Verifier();
        Task<PermissionVerification> first = verifier.VerifyAsync(Issue(_old), Context).AsTask();
        while (_source.Loads == 0)
        {
            await Task.Yield();
        }

        _source.Has(_new);
        Task refresh = verifier.RefreshIssuersAsync();
        slow.SetResult(ScriptedKeySource.Set(_old));
        await refresh;

        await ShouldBe(verifier, Issue(_new), DenialReason.None);
        await ShouldBe(verifier, Issue(_old), DenialReason.UnknownIssuer);
        await first;
        _source.Loads.Should().Be(2);
    }

    [Fact]
    public async Task A_key_is_trusted_in_its_time_by_the_clock_and_by_when_the_permission_was_issued()
    {
        // From 12:10 to 13:00, with a skew of one minute for the clock here and none for the issuer's own.
        TimeSpan skew = TimeSpan.FromMinutes(1);
        DateTimeOffset start = Start.AddMinutes(10), end = Start.AddMinutes(60);
        CosePermissionVerifier verifier = new(
            new() { TrustedIssuers = { new TrustedIssuer(Name, _old.PublicKey, start, end) }, ClockSkew = skew }, _time);
        byte[] tooEarly = Issue(_old);

        _time.SetUtcNow(start - skew - TimeSpan.FromTicks(1));
        await ShouldBe(verifier, tooEarly, DenialReason.UnknownIssuer);
        _time.SetUtcNow(start);
        byte[] first = Issue(_old);
        await ShouldBe(verifier, tooEarly, DenialReason.UnknownIssuer);
        await ShouldBe(verifier, first, DenialReason.None);
        _time.SetUtcNow(end.AddSeconds(-1));
        byte[] last = Issue(_old);
        _time.SetUtcNow(end);
        byte[] tooLate = Issue(_old);
        await ShouldBe(verifier, tooLate, DenialReason.UnknownIssuer);
        _time.SetUtcNow(end + skew - TimeSpan.FromTicks(1));
        await ShouldBe(verifier, last, DenialReason.None);
        _time.SetUtcNow(end + skew);
        PermissionVerification over = await verifier.VerifyAsync(last, Context);

        over.Reason.Should().Be(DenialReason.UnknownIssuer);
        over.Message.Should().Contain("from 2026-06-01 12:10:00Z to 2026-06-01 13:00:00Z").And.Contain("signed with the present key");
    }

    [Fact]
    public async Task Times_at_the_ends_of_the_calendar_do_not_overflow()
    {
        DateTimeOffset end = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        CosePermissionVerifier verifier = new(
            new()
            {
                TrustedIssuers = { new TrustedIssuer(Name, _old.PublicKey, DateTimeOffset.UnixEpoch, end) },
                ClockSkew = CosePermissionVerifierOptions.GreatestClockSkew,
            },
            _time);

        await ShouldBe(verifier, Issue(_old), DenialReason.None);
    }

    [Fact]
    public async Task A_key_whose_time_is_over_is_not_looked_for_again()
    {
        _source.Load = _ => new(new IssuerKeySet(new IssuerSetKey(_old.PublicKey, notAfter: Start.AddMinutes(1)), new IssuerSetKey(_new.PublicKey)));
        CosePermissionVerifier verifier = Verifier(source => source.RefreshInterval = TimeSpan.FromHours(1));
        byte[] old = Issue(_old);
        await ShouldBe(verifier, old, DenialReason.None);

        _time.Advance(TimeSpan.FromMinutes(2));

        await ShouldBe(verifier, old, DenialReason.UnknownIssuer);
        await ShouldBe(verifier, Issue(_new), DenialReason.None);
        _source.Loads.Should().Be(1);
    }

    [Fact]
    public async Task An_issuer_who_publishes_the_key_of_another_takes_nothing_from_them_and_can_not_speak_for_them()
    {
        using PermissionIssuer thief = PermissionIssuer.Create(name: "https://thief.example", timeProvider: _time);
        using PermissionIssuer thiefInOtherName = PermissionIssuer.ImportFromPem(thief.ExportUnencryptedPkcs8PrivateKeyPem(), Name, _time);
        ScriptedKeySource stolen = new();
        stolen.Has(thief, _old);
        CosePermissionVerifier verifier = new(
            new() { TrustedIssuerSources = { new("https://thief.example", stolen), new(Name, _source) } }, _time, _log);

        await ShouldBe(verifier, Issue(_old), DenialReason.None);
        await ShouldBe(verifier, Issue(thief), DenialReason.None);
        await ShouldBe(verifier, Issue(thiefInOtherName), DenialReason.UnknownIssuer);
    }

    [Fact]
    public async Task A_key_that_stays_keeps_what_it_has_made_ready()
    {
        List<IssuerPublicKey> given = [];
        _source.Load = _ =>
        {
            IssuerPublicKey fresh = IssuerPublicKey.ImportJwk(_old.PublicKey.ExportJwk());
            given.Add(fresh);
            return new(new IssuerKeySet(given.Count == 1 ? [new IssuerSetKey(fresh)] : [new IssuerSetKey(fresh), new IssuerSetKey(_new.PublicKey)]));
        };
        CosePermissionVerifier verifier = Verifier();
        await verifier.RefreshIssuersAsync();
        await verifier.RefreshIssuersAsync();

        given.Should().HaveCount(2);
        verifier.PresentKeys.Should().HaveCount(2).And.Contain(key => ReferenceEquals(key, given[0]));
    }

    [Fact]
    public async Task Nothing_is_logged_and_nothing_changes_while_the_set_stays_the_same()
    {
        CosePermissionVerifier verifier = Verifier();
        for (int i = 0; i < 5; i++)
        {
            await ShouldBe(verifier, Issue(_old), DenialReason.None);
            _time.Advance(TrustedIssuerSource.DefaultRefreshInterval);
        }

        _source.Loads.Should().Be(5);
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain(_old.PublicKey.DefaultIssuerName);
    }

    [Fact]
    public async Task Keys_that_are_passed_over_are_named_in_the_log()
    {
        string jwks = $$"""{"keys":[{{_old.PublicKey.ExportJwk()}},{"kty":"OKP"}]}""";
        _source.Load = _ => new(IssuerKeySet.Import(System.Text.Encoding.UTF8.GetBytes(jwks)));

        await Verifier().RefreshIssuersAsync();

        _log.Lines.Should().Contain(line => line.Id == 22 && line.Level == LogLevel.Warning && line.Text.Contains("Key 2: ") && line.Text.Contains("'OKP'"));
    }

    [Fact]
    public async Task A_source_costs_the_verification_of_a_known_key_nothing()
    {
        CosePermissionVerifier without = new(new() { TrustedIssuers = { new(Name, _old.PublicKey) } }, _time);
        CosePermissionVerifier with = Verifier();
        byte[] token = Issue(_old);
        await ShouldBe(without, token, DenialReason.None);
        await ShouldBe(with, token, DenialReason.None);

        Least(with).Should().Be(Least(without));

        long Least(CosePermissionVerifier verifier)
        {
            long least = long.MaxValue;
            for (int i = 0; i < 200; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                ValueTask<PermissionVerification> result = verifier.VerifyAsync(token, Context);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                result.IsCompletedSuccessfully.Should().BeTrue();
            }

            return least;
        }
    }

    [Fact]
    public void Refuses_settings_out_of_their_range()
    {
        Refused(source => source.RefreshInterval = TimeSpan.FromMilliseconds(999), "*RefreshInterval must be 00:00:01 to 1.00:00:00*");
        Refused(source => source.RefreshInterval = TimeSpan.FromDays(2), "*RefreshInterval must be*");
        Refused(source => source.RetryInterval = TimeSpan.Zero, "*RetryInterval must be 00:00:01 to 01:00:00*");
        Refused(source => source.LoadTimeout = TimeSpan.FromMinutes(6), "*LoadTimeout must be 00:00:01 to 00:05:00*");
        Refused(source => source.MaxAge = TimeSpan.FromMinutes(4), "*MaxAge must not be below RefreshInterval*");
        Action nameless = () => _ = new TrustedIssuerSource("", _source);
        Action sourceless = () => _ = new TrustedIssuerSource(Name, null!);
        Action nothing = () => _ = new CosePermissionVerifier(new() { TrustedIssuerSources = { null! } });

        nameless.Should().Throw<ArgumentException>();
        sourceless.Should().Throw<ArgumentNullException>();
        nothing.Should().Throw<ArgumentException>().WithMessage("*TrustedIssuerSources has an entry that is null*");

        void Refused(Action<TrustedIssuerSource> configure, string message)
        {
            Action create = () => Verifier(configure);
            create.Should().Throw<ArgumentException>().WithMessage(message);
        }
    }

    private static async Task ShouldBe(CosePermissionVerifier verifier, byte[] token, DenialReason reason)
    {
        PermissionVerification result = await verifier.VerifyAsync(token, Context);
        result.Reason.Should().Be(reason, result.Message);
    }

    private static byte[] Issue(PermissionIssuer issuer) =>
        issuer.Issue(new() { Licensee = "licensee", Model = TokenForge.Model, Lifetime = TimeSpan.FromDays(1) });

    // The timers of a load are made on another thread: the time goes on until they have seen it.
    private async Task AdvanceUntil(Task task, TimeSpan step)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(step);
            await Task.WhenAny(task, Task.Delay(20, TestContext.Current.CancellationToken));
        }
    }

    private CosePermissionVerifier Verifier(Action<TrustedIssuerSource>? configure = null)
    {
        TrustedIssuerSource source = new(Name, _source);
        configure?.Invoke(source);
        return new CosePermissionVerifier(new() { TrustedIssuerSources = { source } }, _time, _log);
    }
}
