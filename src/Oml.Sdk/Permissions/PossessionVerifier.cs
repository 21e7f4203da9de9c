using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>Checks that whoever presents a permission holds the key that it names.</summary>
internal sealed class PossessionVerifier(TimeProvider time, TimeSpan clockSkew)
{
    public PossessionChallenges Challenges { get; } = new(time);

    /// <summary>Checks a proof; its challenge is used up only if all else is good.</summary>
    /// <param name="permission">A verified permission that names a key.</param>
    /// <param name="key">The key.</param>
    /// <param name="proof">The proof as it was presented.</param>
    /// <param name="inputDigest">The only input that the proof is for, or null.</param>
    /// <returns>Null when it holds; else what is wrong.</returns>
    public string? Check(Permission permission, IssuerPublicKey key, ReadOnlyMemory<byte> proof, out InputDigest? inputDigest)
    {
        inputDigest = null;
        if (proof.Length > PossessionProof.MaxBytes)
        {
            return $"it is longer than {PossessionProof.MaxBytes} bytes";
        }

        try
        {
            // A copy, so that the bytes that are checked are the bytes that are used.
            byte[] token = proof.ToArray();
            TokenEnvelope envelope = TokenEnvelope.Read(token);
            if (!envelope.Type.Span.SequenceEqual(PossessionProof.TokenType))
            {
                return "it is signed, but no proof: its typ is another one";
            }

            if (envelope.KeyId != key.Thumbprint || envelope.Algorithm != (long)key.Algorithm || envelope.HasCriticalHeaders
                || envelope.SignatureBytes != key.SignatureBytes || !key.Verify(CoseMessage.DecodeSign1(token)))
            {
                return "it is not signed with the key that the permission names";
            }

            PossessionProof claims = PossessionProof.Read(envelope.Payload);
            inputDigest = claims.InputDigest ?? permission.InputDigest;
            return Check(permission, claims) ?? Challenges.TryUse(claims.Challenge.Span);
        }
        catch (MalformedTokenException exception)
        {
            return exception.Message;
        }
        catch (CryptographicException)
        {
            // Whatever the platform cannot check is not checked.
            return "its signature cannot be checked";
        }
    }

    private string? Check(Permission permission, PossessionProof claims)
    {
        if (claims.Nonce != permission.Nonce)
        {
            return "it is for another permission";
        }

        TimeSpan age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt);
        if (age < -clockSkew || age > PossessionChallenges.Lifetime + clockSkew)
        {
            return "its time is not now: set the clock";
        }

        return claims.InputDigest is not null && permission.InputDigest is not null && claims.InputDigest != permission.InputDigest
            ? "it is for another input than the permission"
            : null;
    }
}
