using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class PossessionSessionTests
{
    // A key whose signatures the tests can make byte by byte.
    private static readonly TestKey Licensee = TestKey.Stranger;

    [Fact]
    public async Task The_holder_of_the_key_opens_a_session()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        using PossessionKey key = PossessionKey.Create(fixture.Time);
        byte[] permission = Issue(fixture, key.PublicKey);

        await using OmlSession session = await fixture.Model.AuthorizeAsync(permission, key.Prove(permission, fixture.Model.CreateChallenge()));

        (await session.InferAsync(ModelFixture.Inputs())).Dispose();
        session.Permission.ConfirmationKey.Should().Be(key.PublicKey);
    }

    [Fact]
    public async Task A_copied_permission_is_of_no_use_and_stays_unused()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        using PossessionKey key = PossessionKey.Create(fixture.Time);
        using PossessionKey thief = PossessionKey.Create(fixture.Time);
        byte[] permission = Issue(fixture, key.PublicKey, PermissionUse.SingleSession);

        (await RefusalAsync(fixture, permission, [])).Reason.Should().Be(DenialReason.ProofMissing);
        Func<Task> infer = async () => await fixture.Model.InferAsync(ModelFixture.Inputs(), permission);
        (await infer.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.ProofMissing);
        (await RefusalAsync(fixture, permission, thief.Prove(permission, fixture.Model.CreateChallenge()))).Reason.Should().Be(DenialReason.BadProof);

        await using OmlSession session = await fixture.Model.AuthorizeAsync(permission, key.Prove(permission, fixture.Model.CreateChallenge()));
    }

    [Fact]
    public async Task A_proof_is_good_once()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, Licensee.PublicKey);
        byte[] challenge = fixture.Model.CreateChallenge();
        byte[] proof = Proof(fixture, permission, challenge).Build(Licensee);
        (await fixture.Model.AuthorizeAsync(permission, proof)).Dispose();

        (await RefusalAsync(fixture, permission, proof)).Message.Should().Contain("answered before");
        (await RefusalAsync(fixture, permission, Proof(fixture, permission, challenge, 1).Build(Licensee))).Message.Should().Contain("answered before");
        (await RefusalAsync(fixture, permission, PermissionVectorFactory.Mirror(proof))).Message.Should().Contain("answered before");
    }

    [Fact]
    public async Task Only_one_of_many_racing_callers_gets_in_with_a_proof()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, Licensee.PublicKey);
        byte[] proof = Proof(fixture, permission, fixture.Model.CreateChallenge()).Build(Licensee);
        int opened = 0;

        await Parallel.ForAsync(0, 64, async (_, _) =>
        {
            try
            {
                (await fixture.Model.AuthorizeAsync(permission, proof, CancellationToken.None)).Dispose();
                Interlocked.Increment(ref opened);
            }
            catch (PermissionDeniedException error) when (error.Reason == DenialReason.BadProof)
            {
                // 63 of them.
            }
        });

        opened.Should().Be(1);
    }

    [Fact]
    public async Task Refuses_challenges_of_others_and_late_answers()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using ModelFixture other = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, Licensee.PublicKey);
        byte[] flipped = fixture.Model.CreateChallenge();
        flipped[3] ^= 1;
        foreach (byte[] foreign in (byte[][])[other.Model.CreateChallenge(), new byte[32], flipped])
        {
            (await RefusalAsync(fixture, permission, Proof(fixture, permission, foreign).Build(Licensee))).Message.Should().Contain("not one of this model");
        }

        byte[] challenge = fixture.Model.CreateChallenge();
        fixture.Time.Advance(TimeSpan.FromSeconds(121));
        (await RefusalAsync(fixture, permission, Proof(fixture, permission, challenge).Build(Licensee))).Message.Should().Contain("older than 120 s");
    }

    [Fact]
    public async Task Refuses_proofs_that_are_not_exactly_for_this_permission_and_now()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        byte[] permission = Issue(fixture, Licensee.PublicKey);
        byte[] another = Issue(fixture, Licensee.PublicKey);
        byte[] challenge = fixture.Model.CreateChallenge();
        TokenForge good = Proof(fixture, permission, challenge);
        Dictionary<string, byte[]> wrong = new()
        {
            ["another permission"] = Proof(fixture, another, challenge).Build(Licensee),
            ["an hour ahead"] = Proof(fixture, permission, challenge, 3600).Build(Licensee),
            ["an hour ago"] = Proof(fixture, permission, challenge, -3600).Build(Licensee),
            ["the permission itself"] = permission,
            ["the typ of a permission"] = good.WithHeader(16, TokenForge.TokenType).Build(Licensee),
            ["no typ"] = good.WithoutHeader(16).Build(Licensee),
            ["another kid"] = good.WithHeader(4, Cbor.Bytes(TestKey.P256.PublicKey.KeyId.ToArray())).Build(Licensee),
            ["another key"] = good.Build(TestKey.P256),
            ["another algorithm"] = good.WithHeader(1, Cbor.Int(-35)).Build(Licensee),
            ["crit"] = good.WithHeader(2, Cbor.Array(Cbor.Int(16))).Build(Licensee),
            ["no signature"] = (good with { SignatureItem = Cbor.Bytes() }).Build(Licensee),
            ["a byte more"] = [.. good.Build(Licensee), 0],
            ["a byte less"] = good.Build(Licensee)[..^1],
            ["no challenge"] = good.WithoutClaim(10).Build(Licensee),
            ["a short challenge"] = good.WithClaim(10, Cbor.Bytes(challenge[..31])).Build(Licensee),
            ["no nonce"] = good.WithoutClaim(7).Build(Licensee),
            ["no time"] = good.WithoutClaim(6).Build(Licensee),
            ["a claim more"] = good.WithClaim(-70000, Cbor.Int(1)).Build(Licensee),
            ["a short digest"] = good.WithClaim(-65545, Cbor.Bytes(new byte[31])).Build(Licensee),
            ["unsorted claims"] = (good with { IsSorted = false, Claims = good.Claims.Reverse() }).Build(Licensee),
            ["too long"] = new byte[513],
            ["one byte"] = [0xD2],
        };
        foreach ((string what, byte[] proof) in wrong)
        {
            (await RefusalAsync(fixture, permission, proof)).Reason.Should().Be(DenialReason.BadProof, what);
        }

        (await fixture.Model.AuthorizeAsync(permission, good.Build(Licensee))).Dispose();
    }

    [Fact]
    public async Task A_proof_can_bind_the_session_to_one_input()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        using PossessionKey key = PossessionKey.Create(fixture.Time);
        byte[] permission = Issue(fixture, key.PublicKey);
        InputDigest digest = InputDigest.Compute(ModelFixture.Inputs());
        await using OmlSession session = await fixture.Model.AuthorizeAsync(permission, key.Prove(permission, fixture.Model.CreateChallenge(), digest));
        (await session.InferAsync(ModelFixture.Inputs())).Dispose();

        Func<Task> other = async () => await session.InferAsync(ModelFixture.Inputs(rows: 2));
        (await other.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.InputMismatch);

        byte[] bound = Issue(fixture, key.PublicKey, digest: digest);
        byte[] widened = key.Prove(bound, fixture.Model.CreateChallenge(), InputDigest.Compute(ModelFixture.Inputs(rows: 2)));
        (await RefusalAsync(fixture, bound, widened)).Message.Should().Contain("another input");
    }

    [Fact]
    public void Answered_challenges_take_bounded_memory()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time = new();
        PossessionChallenges challenges = new(time);
        for (int i = 0; i < PossessionChallenges.Capacity; i++)
        {
            challenges.TryUse(challenges.Create()).Should().BeNull();
        }

        challenges.TryUse(challenges.Create()).Should().Contain("too many");
        time.Advance(TimeSpan.FromMinutes(3));
        challenges.TryUse(challenges.Create()).Should().BeNull();
    }

    [Fact]
    public void Keys_are_read_back_and_other_keys_are_refused()
    {
        using PossessionKey key = PossessionKey.Create();
        using PossessionKey again = PossessionKey.ImportFromEncryptedPem(key.ExportEncryptedPkcs8PrivateKeyPem("secret"), "secret");
        using PermissionIssuer other = PermissionIssuer.Create(PermissionAlgorithm.ES384);
        string pem = other.ExportEncryptedPkcs8PrivateKeyPem("secret");

        again.PublicKey.Should().Be(key.PublicKey);
        key.ToString().Should().Be(key.PublicKey.DefaultIssuerName);
        ((Action)(() => PossessionKey.ImportFromEncryptedPem(pem, "secret"))).Should().Throw<System.Security.Cryptography.CryptographicException>();
        ((Action)(() => key.Prove(new byte[3], new byte[32]))).Should().Throw<ArgumentException>().WithParameterName("permission");
        ((Action)(() => key.Prove(TokenForge.Minimal(Licensee).Build(Licensee), new byte[31]))).Should().Throw<ArgumentException>().WithParameterName("challenge");
    }

    private static TokenForge Proof(ModelFixture fixture, byte[] permission, byte[] challenge, long seconds = 0) => new()
    {
        Headers =
        [
            (Cbor.Int(1), Cbor.Int(-7)),
            (Cbor.Int(4), Cbor.Bytes(Licensee.PublicKey.KeyId.ToArray())),
            (Cbor.Int(16), Cbor.Text("application/oml-possession-proof+cwt")),
        ],
        Claims =
        [
            (Cbor.Int(6), Cbor.Int(fixture.Time.GetUtcNow().ToUnixTimeSeconds() + seconds)),
            (Cbor.Int(7), Cbor.Bytes(NonceOf(permission))),
            (Cbor.Int(10), Cbor.Bytes(challenge)),
        ],
    };

    private static byte[] NonceOf(byte[] permission)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        PermissionClaimsReader.Read(TokenEnvelope.Read(permission).Payload).Nonce!.Value.CopyTo(nonce);
        return nonce;
    }

    private static async Task<PermissionDeniedException> RefusalAsync(ModelFixture fixture, byte[] permission, byte[] proof)
    {
        Func<Task> authorize = async () => await fixture.Model.AuthorizeAsync(permission, proof);
        return (await authorize.Should().ThrowAsync<PermissionDeniedException>()).Which;
    }

    private static byte[] Issue(
        ModelFixture fixture, IssuerPublicKey key, PermissionUse use = PermissionUse.Resumable, InputDigest? digest = null) => fixture.Issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = fixture.Model.Id,
            Lifetime = TimeSpan.FromHours(1),
            Use = use,
            InputDigest = digest,
            ConfirmationKey = key,
        });
}
