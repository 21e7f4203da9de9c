using System.Security.Cryptography;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class LicenseeKeyTests
{
    private static readonly ModelId Model = WrappedKey.Model;
    private static readonly ModelId OtherModel = ModelId.Compute("other"u8);

    [Fact]
    public void Unwraps_what_was_wrapped_for_it()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();

        using ContentKey unwrapped = licensee.Unwrap(key.WrapFor(licensee.PublicKey, Model), Model);

        unwrapped.Export().Should().Equal(key.Export());
    }

    [Fact]
    public void Changing_the_licensee_key_needs_a_new_wrap_and_no_new_content_key()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey old = LicenseeKey.Create();
        using LicenseeKey replacement = LicenseeKey.Create();

        byte[] before = key.WrapFor(old.PublicKey, Model);
        byte[] after = key.WrapFor(replacement.PublicKey, Model);

        replacement.Unwrap(after, Model).Export().Should().Equal(key.Export());
        Refusal(old, after, Model);
        Refusal(replacement, before, Model);
    }

    [Fact]
    public void A_key_for_one_model_does_not_open_as_that_of_another()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();

        Refusal(licensee, key.WrapFor(licensee.PublicKey, Model), OtherModel);
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        byte[] wrapped = key.WrapFor(licensee.PublicKey, Model);

        for (int bit = 0; bit < 8 * wrapped.Length; bit++)
        {
            byte[] flipped = [.. wrapped];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Refusal(licensee, flipped, Model);
        }
    }

    [Fact]
    public void Other_lengths_are_refused()
    {
        using LicenseeKey licensee = LicenseeKey.Create();

        foreach (int length in (int[])[0, 1, 65, 112, 114, 4096])
        {
            Refusal(licensee, new byte[length], Model);
        }
    }

    [Fact]
    public void A_refusal_names_the_key_and_the_model_and_no_secret()
    {
        using LicenseeKey licensee = LicenseeKey.Create();

        Action unwrap = () => licensee.Unwrap(WrappedKey.Bytes, Model);

        string message = unwrap.Should().Throw<ContentKeyException>().Which.Message;
        message.Should().Contain(licensee.PublicKey.ThumbprintUri).And.Contain(Model.ToString()).And.Contain("Ask the publisher");
        message.Should().NotContain(WrappedKey.Hex[..16]).And.NotContain("000102");
    }

    [Fact]
    public void Opens_the_file_and_the_wrapped_key_of_another_implementation()
    {
        using LicenseeKey licensee = LicenseeKey.ImportFromEncryptedPem(WrappedKey.LicenseeKeyPem, WrappedKey.Password);

        licensee.Unwrap(WrappedKey.Bytes, Model).Export().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Fact]
    public void Comes_back_from_an_encrypted_text()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        byte[] wrapped = key.WrapFor(licensee.PublicKey, Model);

        using LicenseeKey again = LicenseeKey.ImportFromEncryptedPem(licensee.ExportEncryptedPem("a password"), "a password");

        again.PublicKey.Should().Be(licensee.PublicKey);
        again.Unwrap(wrapped, Model).Export().Should().Equal(key.Export());
    }

    [Fact]
    public void A_scalar_with_the_point_of_another_key_is_refused()
    {
        using ECDiffieHellman one = WrappedKey.Key(WrappedKey.LicenseeScalar);
        using ECDiffieHellman other = WrappedKey.Key(WrappedKey.EphemeralScalar);
        byte[] secret = new byte[LicenseeKeySecret.Size];
        byte[] otherSecret = new byte[LicenseeKeySecret.Size];
        LicenseeKeySecret.Write(one, secret);
        LicenseeKeySecret.Write(other, otherSecret);

        Action mixed = () => LicenseeKeySecret.Read([.. secret[..32], .. otherSecret[32..]]);
        Action zero = () => LicenseeKeySecret.Read([.. new byte[32], .. secret[32..]]);

        mixed.Should().Throw<CryptographicException>();
        zero.Should().Throw<CryptographicException>();
        LicenseeKeySecret.Read(secret).Dispose();
    }

    [Fact]
    public void Serves_many_threads_at_once()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        byte[] wrapped = key.WrapFor(licensee.PublicKey, Model);

        Parallel.For(0, 200, _ =>
        {
            using ContentKey unwrapped = licensee.Unwrap(wrapped, Model);
            unwrapped.Export().Should().Equal(key.Export());
        });
    }

    [Fact]
    public void Is_of_no_use_after_it_was_disposed_and_prints_its_public_half_only()
    {
        LicenseeKey licensee = LicenseeKey.Create();
        licensee.ToString().Should().Be(licensee.PublicKey.ThumbprintUri);

        licensee.Dispose();
        licensee.Dispose();

        Action[] uses =
        [
            () => licensee.Unwrap(WrappedKey.Bytes, Model),
            () => licensee.ExportEncryptedPem("password"),
            () => licensee.SaveAsync("never.pem", "password".AsMemory()),
        ];
        uses.Should().AllSatisfy(use => use.Should().Throw<ObjectDisposedException>().WithMessage("*LicenseeKey*"));
    }

    private static void Refusal(LicenseeKey licensee, byte[] wrapped, ModelId model)
    {
        try
        {
            licensee.Unwrap(wrapped, model).Dispose();
        }
        catch (ContentKeyException)
        {
            return;
        }

        Assert.Fail("It was unwrapped.");
    }
}
