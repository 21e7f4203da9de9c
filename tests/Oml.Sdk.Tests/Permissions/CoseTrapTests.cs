using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>
/// What the platform's COSE library accepts and we refuse. Each test asks the bare library first: should it become strict one day,
/// the test says so, and the guard can be judged anew.
/// </summary>
public sealed class CoseTrapTests
{
    private static readonly TestKey Key = TestKey.P256;
    private static readonly TokenForge Forge = TokenForge.Minimal(Key);
    private readonly VerifierHarness _harness = new();

    [Fact]
    public void Refuses_an_unknown_critical_header_that_the_bare_library_ignores()
    {
        byte[] token = Forge.WithHeader(2, Cbor.Array(Cbor.Text("must-understand"))).WithHeader(Cbor.Text("must-understand"), Cbor.Int(1)).Build(Key);
        byte[] onlyCritical = Forge.WithHeader(2, Cbor.Array(Cbor.Int(16))).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        VerifierHarness.BareLibraryAccepts(onlyCritical, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed, "the header that it demands is itself not one of the three");
        _harness.Verify(onlyCritical).Reason.Should().Be(DenialReason.UnknownCriticalHeader);
    }

    [Fact]
    public void Refuses_a_p_384_signature_under_es256_that_the_bare_library_accepts()
    {
        byte[] token = TokenForge.Minimal(TestKey.P384).WithHeader(1, Cbor.Int(-7)).Build(TestKey.SignP384WithSha256);

        VerifierHarness.BareLibraryAccepts(token, TestKey.P384).Should().BeTrue();
        VerifierHarness.BareLibraryAccepts(token, TestKey.P384, HashAlgorithmName.SHA256).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.WrongAlgorithm);
    }

    [Fact]
    public void A_mirrored_signature_is_the_same_permission_so_replay_is_issuer_and_nonce()
    {
        byte[] token = Forge.Build(Key);
        byte[] mirrored = PermissionVectorFactory.Mirror(token);

        VerifierHarness.BareLibraryAccepts(mirrored, Key).Should().BeTrue();
        mirrored.Should().NotEqual(token);
        Permission first = _harness.Verify(token).Permission!;
        Permission second = _harness.Verify(mirrored).Permission!;
        (second.Issuer, second.Nonce).Should().Be((first.Issuer, first.Nonce));
    }

    [Fact]
    public void Refuses_an_untagged_copy_that_the_bare_library_accepts()
    {
        byte[] token = Forge.Build(Key)[1..];

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_added_unprotected_headers_that_the_bare_library_accepts()
    {
        byte[] token = (Forge with { Unprotected = Cbor.Map((Cbor.Int(99), Cbor.Text("added on the way"))) }).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_a_protected_map_out_of_order_that_the_bare_library_accepts()
    {
        byte[] token = (Forge with { IsSorted = false, Headers = Forge.Headers.Reverse() }).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_the_text_es256_that_the_bare_library_accepts()
    {
        byte[] token = Forge.WithHeader(1, Cbor.Text("ES256")).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_long_forms_of_lengths_that_the_bare_library_accepts()
    {
        byte[] token = Forge.Build(Key);
        byte[] longArray = [0xD2, 0x98, 4, .. token[2..]];
        byte[] indefinite = [0xD2, 0x9F, .. token[2..], 0xFF];

        VerifierHarness.BareLibraryAccepts(longArray, Key).Should().BeTrue();
        VerifierHarness.BareLibraryAccepts(indefinite, Key).Should().BeTrue();
        _harness.Verify(longArray).Reason.Should().Be(DenialReason.Malformed);
        _harness.Verify(indefinite).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_an_embedded_key_that_the_bare_library_passes_over()
    {
        byte[] token = Forge.WithHeader(33, Cbor.Bytes(TestKey.Stranger.PublicKey.ExportSubjectPublicKeyInfo())).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public void Refuses_a_type_that_the_bare_library_does_not_look_at()
    {
        byte[] token = Forge.WithHeader(16, Cbor.Text("application/cwt")).Build(Key);

        VerifierHarness.BareLibraryAccepts(token, Key).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.WrongType);
    }

    [Fact]
    public void Refuses_a_detached_payload_that_the_bare_library_verifies()
    {
        byte[] payload = Cbor.Map(Forge.Claims);
        byte[] token = (Forge with { PayloadItem = Cbor.Null }).Build(Key);

        CoseMessage.DecodeSign1(token).VerifyDetached(Key.PlatformKey, payload).Should().BeTrue();
        _harness.Verify(token).Reason.Should().Be(DenialReason.Malformed);
    }

    [Fact]
    public async Task Uses_the_synchronous_verification_because_the_asynchronous_one_ignores_the_algorithm()
    {
        // The key is bound to SHA-384; the token says ES256 (SHA-256). It is signed with P-256 over SHA-384.
        byte[] payload = Cbor.Map(Forge.Claims);
        ECDsa ec = (ECDsa)Key.PlatformKey;
        byte[] SignSha384(byte[] data) => ec.SignData(data, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        byte[] detached = (Forge with { PayloadItem = Cbor.Null }).Build(SignSha384);
        CoseSign1Message message = CoseMessage.DecodeSign1(detached);
        CoseKey contradiction = new(ec, HashAlgorithmName.SHA384);

        bool asynchronous = await message.VerifyDetachedAsync(contradiction, new MemoryStream(payload), ReadOnlyMemory<byte>.Empty);
        Action synchronous = () => message.VerifyDetached(contradiction, payload, ReadOnlySpan<byte>.Empty);

        asynchronous.Should().BeTrue();
        synchronous.Should().Throw<CryptographicException>();
        _harness.Verify(Forge.Build(SignSha384)).Reason.Should().Be(DenialReason.BadSignature);
    }

    [Fact]
    public void Refuses_what_the_bare_library_refuses_too()
    {
        byte[][] tokens =
        [
            Forge.WithHeader(1, Cbor.Int(0)).Build(Key),
            Forge.WithHeader(1, Cbor.Int(5)).Build(Key),
            (Forge.WithoutHeader(1) with { Unprotected = Cbor.Map((Cbor.Int(1), Cbor.Int(-7))) }).Build(Key),
            [.. Forge.Build(Key), 0],
            (Forge with { SignatureItem = Cbor.Null }).Build(Key),
            Forge.Build(TestKey.Stranger),
        ];

        foreach (byte[] token in tokens)
        {
            Func<bool> bare = () => VerifierHarness.BareLibraryAccepts(token, Key);
            bool isAccepted;
            try
            {
                isAccepted = bare();
            }
            catch (CryptographicException)
            {
                isAccepted = false;
            }

            isAccepted.Should().BeFalse();
            _harness.Verify(token).IsPermitted.Should().BeFalse();
        }
    }
}
