using System.Numerics;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Wycheproof's ECDSA vectors: special keys, extreme numbers, signatures that are out of range or of another length.</summary>
/// <remarks>
/// <para>COSE signs a Sig_structure, and no message of the vectors is one, so no case is a token as it stands. They are run in two ways.</para>
/// <para>As they stand, with what verification consists of: the key as the library imports it, the length that it pins, the hash that it pins,
/// and the platform's key that its <c>CoseKey</c> verifies with.</para>
/// <para>As messages, through the code that verifies tokens, with another key. A verifier computes (e/s)·G + (r/s)·Q from the hash e and the
/// key Q. For a message with the hash e′, the key Q′ = Q + ((e − e′)/r)·G leads the same (r, s) to the same point, so it is as good
/// or bad as in the vector. Only the kid cannot be there, since it would depend on the key that depends on it; it is not needed here.
/// The special keys are lost so, and the special r and s stay.</para>
/// </remarks>
public sealed class WycheproofSignatureTests
{
    [Theory]
    [InlineData(PermissionAlgorithm.ES256, 262, 173)]
    [InlineData(PermissionAlgorithm.ES384, 280, 193)]
    public void Every_case_agrees_with_the_key_that_verification_uses(PermissionAlgorithm algorithm, int count, int valid)
    {
        int accepted = 0;
        IReadOnlyList<WycheproofCase> cases = WycheproofCase.Read(algorithm);
        foreach (WycheproofCase @case in cases)
        {
            using VerificationKey key = VerificationKey.Create(@case.Key.ExportSubjectPublicKeyInfo(), @case.Key.Algorithm);
            byte[] hash = CryptographicOperations.HashData(SigningHash.Of(algorithm), @case.Message);

            // The platform must refuse other lengths too, since the library's pin is checked elsewhere.
            bool isGood = ((ECDsa)key.PlatformKey).VerifyHash(hash, @case.Signature);
            isGood.Should().Be(@case.IsValid, @case.Id);
            (isGood && @case.Signature.Length != @case.Key.SignatureBytes).Should().BeFalse(@case.Id);
            accepted += isGood ? 1 : 0;
        }

        cases.Should().HaveCount(count);
        accepted.Should().Be(valid);
    }

    [Theory]
    [InlineData(PermissionAlgorithm.ES256, 262, 173)]
    [InlineData(PermissionAlgorithm.ES384, 280, 193)]
    public void Every_signature_agrees_on_a_message_whose_key_makes_it_the_same(PermissionAlgorithm algorithm, int count, int valid)
    {
        byte[] headers = Cbor.Map((Cbor.Int(1), Cbor.Int((int)algorithm)));
        CurvePoints curve = CurvePoints.Of(algorithm);
        int accepted = 0;
        IReadOnlyList<WycheproofCase> cases = WycheproofCase.Read(algorithm);
        foreach (WycheproofCase @case in cases)
        {
            byte[] structure = Cbor.Array(Cbor.Text("Signature1"), Cbor.Bytes(headers), Cbor.Bytes(), Cbor.Bytes(@case.Message));
            IssuerPublicKey key = Translate(@case, structure, curve);
            byte[] message = [0xD2, 0x84, .. Cbor.Bytes(headers), 0xA0, .. Cbor.Bytes(@case.Message), .. Cbor.Bytes(@case.Signature)];

            bool isGood = CosePermissionVerifier.HasGoodSignature(message, key);
            isGood.Should().Be(@case.IsValid, @case.Id);
            accepted += isGood ? 1 : 0;
        }

        cases.Should().HaveCount(count);
        accepted.Should().Be(valid);
    }

    [Theory]
    [InlineData(PermissionAlgorithm.ES256)]
    [InlineData(PermissionAlgorithm.ES384)]
    public void A_permission_refuses_every_signature_of_another_length_or_out_of_range(PermissionAlgorithm algorithm)
    {
        // Whatever is invalid is so with every key and message, or at least with this one.
        TestKey key = TestKey.Of(algorithm);
        TokenForge forge = TokenForge.Minimal(key);
        VerifierHarness harness = new();
        harness.Verify(forge.Build(key)).IsPermitted.Should().BeTrue();
        Dictionary<DenialReason, int> reasons = [];
        foreach (WycheproofCase @case in WycheproofCase.Read(algorithm).Where(@case => !@case.IsValid))
        {
            DenialReason reason = harness.Verify((forge with { SignatureItem = Cbor.Bytes(@case.Signature) }).Build(key)).Reason;
            reason.Should().Be(
                @case.Signature.Length == key.PublicKey.SignatureBytes ? DenialReason.BadSignature : DenialReason.Malformed, @case.Id);
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }

        reasons[DenialReason.BadSignature].Should().Be(68);
        reasons[DenialReason.Malformed].Should().BeGreaterThan(15);
    }

    private static IssuerPublicKey Translate(WycheproofCase @case, byte[] structure, CurvePoints curve)
    {
        BigInteger r = DeterministicSigner.FromBytes(@case.Signature.AsSpan(0, @case.Signature.Length / 2)) % curve.Order;
        if (r == 0)
        {
            // There is no such key, and the signature is bad with every one.
            return @case.Key;
        }

        HashAlgorithmName hash = SigningHash.Of(@case.Key.Algorithm);
        BigInteger difference = DeterministicSigner.FromBytes(CryptographicOperations.HashData(hash, @case.Message))
            - DeterministicSigner.FromBytes(CryptographicOperations.HashData(hash, structure));
        BigInteger factor = difference * BigInteger.ModPow(r, curve.Order - 2, curve.Order) % curve.Order;
        ECPoint point = curve.Add(IssuerKeyReader.ToPoint(@case.Key), curve.MultiplyBase(factor < 0 ? factor + curve.Order : factor));
        return IssuerKeyReader.FromPoint(@case.Key.Algorithm, point.X!, point.Y!);
    }
}
