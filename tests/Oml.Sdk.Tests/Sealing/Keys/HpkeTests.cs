using System.Security.Cryptography;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class HpkeTests
{
    private const string Prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    private const string RootOfB = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";

    private static readonly byte[] Point = Convert.FromHexString(WrappedKey.Hex)[..65];

    public static TheoryData<string, byte[]> BadPoints => new()
    {
        { "nothing", [] },
        { "one byte for infinity", [0] },
        { "infinity filled up", new byte[65] },
        { "the origin", [4, .. new byte[64]] },
        { "compressed", [2, .. Point[1..33]] },
        { "compressed and filled up", [2, .. Point[1..]] },
        { "hybrid", [6, .. Point[1..]] },
        { "off the curve", [.. Point[..64], (byte)(Point[64] ^ 1)] },
        { "coordinates swapped", [4, .. Point[33..], .. Point[1..33]] },
        { "a coordinate that is not reduced", [4, .. Convert.FromHexString(Prime), .. Convert.FromHexString(RootOfB)] },
        { "one byte less", Point[..64] },
        { "one byte more", [.. Point, 0] },
    };

    [Fact]
    public void Derives_the_secret_of_rfc_9180_on_both_sides()
    {
        Rfc9180Vector vector = Rfc9180Vector.Load();
        byte[] encapsulation = new byte[65];
        byte[] sent = new byte[32];
        byte[] received = new byte[32];
        using ECDiffieHellman ephemeral = WrappedKey.Key(Convert.ToHexString(vector["skEm"]));
        using ECDiffieHellman recipient = WrappedKey.Key(Convert.ToHexString(vector["skRm"]));

        DhKem.Encapsulate(ephemeral, vector["pkRm"], encapsulation, sent);
        DhKem.Decapsulate(recipient, vector["pkRm"], vector["enc"], received);

        encapsulation.Should().Equal(vector["enc"]);
        sent.Should().Equal(vector["shared_secret"]);
        received.Should().Equal(sent);
    }

    [Fact]
    public void Encrypts_and_decrypts_every_message_of_rfc_9180()
    {
        Rfc9180Vector vector = Rfc9180Vector.Load();
        using HpkeContext context = new(HpkeAead.Aes128Gcm, vector["shared_secret"], vector["info"]);

        vector.Encryptions.Select(e => e.Sequence).Should().Equal(0, 1, 2, 4, 255, 256);
        foreach ((ulong sequence, byte[] plaintext, byte[] aad, _, byte[] ciphertext) in vector.Encryptions)
        {
            byte[] sealedText = new byte[ciphertext.Length];
            byte[] opened = new byte[plaintext.Length];
            context.Seal(sequence, aad, plaintext, sealedText);
            context.Open(sequence, aad, ciphertext, opened);

            sealedText.Should().Equal(ciphertext);
            opened.Should().Equal(plaintext);
        }
    }

    [Fact]
    public void Exports_every_secret_of_rfc_9180()
    {
        Rfc9180Vector vector = Rfc9180Vector.Load();
        using HpkeContext context = new(HpkeAead.Aes128Gcm, vector["shared_secret"], vector["info"]);

        vector.Exports.Should().HaveCount(3);
        foreach ((byte[] exporterContext, byte[] value) in vector.Exports)
        {
            byte[] exported = new byte[value.Length];
            context.Export(exporterContext, exported);
            exported.Should().Equal(value);
        }
    }

    [Fact]
    public void Seals_with_aes_256_what_another_implementation_sealed_and_opens_it()
    {
        using ECDiffieHellman recipient = WrappedKey.Key(WrappedKey.LicenseeScalar);
        using ECDiffieHellman ephemeral = WrappedKey.Key(WrappedKey.EphemeralScalar);
        byte[] point = new byte[65];
        P256Point.Write(recipient, point);
        byte[] info = ContentKeyWrap.Info(WrappedKey.Model);
        byte[] opened = new byte[32];

        byte[] sealedKey = Hpke.Seal(HpkeAead.Aes256Gcm, ephemeral, point, info, WrappedKey.ContentKeyBytes);
        Hpke.Open(HpkeAead.Aes256Gcm, recipient, point, info, WrappedKey.Bytes, opened);

        sealedKey.Should().Equal(WrappedKey.Bytes);
        opened.Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Theory]
    [MemberData(nameof(BadPoints), DisableDiscoveryEnumeration = true)]
    public void Refuses_what_is_no_uncompressed_point_of_the_curve(string what, byte[] bytes)
    {
        using ECDiffieHellman key = WrappedKey.Key(WrappedKey.LicenseeScalar);
        byte[] own = new byte[65];
        P256Point.Write(key, own);

        Action read = () => P256Point.Read(bytes);
        Action decapsulate = () => DhKem.Decapsulate(key, own, bytes, new byte[32]);

        read.Should().Throw<CryptographicException>(what);
        decapsulate.Should().Throw<CryptographicException>(what);
    }

    [Fact]
    public void Refuses_messages_of_another_length()
    {
        using ECDiffieHellman key = WrappedKey.Key(WrappedKey.LicenseeScalar);
        byte[] own = new byte[65];
        P256Point.Write(key, own);

        foreach (int length in (int[])[0, 1, 64, 65, 80, 81, 112, 114, 1000])
        {
            byte[] message = [.. WrappedKey.Bytes, .. new byte[1000]];
            Action open = () => Hpke.Open(HpkeAead.Aes256Gcm, key, own, [], message.AsSpan(0, length), new byte[32]);
            open.Should().Throw<CryptographicException>().WithMessage($"*{length} bytes long, not 113*");
        }
    }

    [Fact]
    public void Agreements_that_start_with_zeros_keep_their_length()
    {
        // One of 256 agreements starts with a zero byte: a platform that drops it would derive another secret on one side.
        using ECDiffieHellman recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] point = new byte[65];
        P256Point.Write(recipient, point);
        int withZero = 0;
        for (int i = 0; i < 20_000 && withZero < 2; i++)
        {
            using ECDiffieHellman other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            byte[] agreement = recipient.DeriveRawSecretAgreement(other.PublicKey);
            agreement.Should().HaveCount(32);
            withZero += agreement[0] == 0 ? 1 : 0;
        }

        withZero.Should().Be(2);
    }
}
