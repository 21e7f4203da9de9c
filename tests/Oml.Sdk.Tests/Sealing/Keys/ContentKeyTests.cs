using System.Security.Cryptography;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class ContentKeyTests
{
    [Fact]
    public void Goes_out_and_in_unchanged_and_refuses_other_lengths()
    {
        using ContentKey key = ContentKey.Generate();
        using ContentKey again = ContentKey.Import(key.Export());
        using ContentKey another = ContentKey.Generate();

        again.Export().Should().Equal(key.Export());
        another.Export().Should().NotEqual(key.Export());
        foreach (int length in (int[])[0, 16, 31, 33, 64])
        {
            Action import = () => ContentKey.Import(new byte[length]);
            import.Should().Throw<ArgumentException>().WithMessage($"*32 bytes*got {length}*");
        }
    }

    [Fact]
    public void Exports_are_copies()
    {
        using ContentKey key = ContentKey.Import(WrappedKey.ContentKeyBytes);

        key.Export().AsSpan().Clear();

        key.Export().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Fact]
    public void Is_of_no_use_after_it_was_disposed_and_never_prints_its_bytes()
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        ContentKey key = ContentKey.Generate();
        key.ToString().Should().Be(typeof(ContentKey).FullName);

        key.Dispose();
        key.Dispose();

        Action[] uses =
        [
            () => key.Export(),
            () => _ = key.CopySecret(),
            () => key.WrapFor(licensee.PublicKey, WrappedKey.Model),
            () => key.ExportEncryptedPem("password"),
            () => key.SaveAsync("never.pem", "password".AsMemory()),
        ];
        uses.Should().AllSatisfy(use => use.Should().Throw<ObjectDisposedException>().WithMessage("*ContentKey*"));
    }

    [Fact]
    public void A_copy_that_races_with_disposal_is_whole_or_an_error()
    {
        // A key is too short for two threads to meet in it; a megabyte is not.
        byte[] expected = [.. Enumerable.Repeat((byte)0xA5, 1 << 20)];
        byte[] copy = new byte[expected.Length];
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            SecretBytes secret = new(expected);
            using Barrier start = new(2);
            Thread disposing = new(() =>
            {
                start.SignalAndWait();
                secret.Dispose();
            });
            disposing.Start();
            start.SignalAndWait();

            // Later in each round, so that the two meet in every order however long a thread takes to wake.
            Thread.SpinWait(i * i * 20);
            try
            {
                secret.CopyTo(copy, nameof(copy), this);
                copy.AsSpan().SequenceEqual(expected).Should().BeTrue();
            }
            catch (ObjectDisposedException)
            {
                refused++;
            }

            disposing.Join();
        }

        refused.Should().BePositive("otherwise the two never met");
    }

    [Fact]
    public void A_wrapped_key_is_113_bytes_that_differ_each_time()
    {
        using ContentKey key = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();

        byte[] first = key.WrapFor(licensee.PublicKey, WrappedKey.Model);
        byte[] second = key.WrapFor(licensee.PublicKey, WrappedKey.Model);

        first.Should().HaveCount(ContentKey.WrappedSize);
        ContentKey.WrappedSize.Should().Be(113).And.Be(PermissionLimits.WrappedContentKeyBytes);
        first[..65].Should().NotEqual(second[..65]);
        first[65..].Should().NotEqual(second[65..]);
        licensee.Unwrap(second, WrappedKey.Model).Export().Should().Equal(key.Export());
        ((Action)(() => key.WrapFor(null!, WrappedKey.Model))).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Opens_the_file_of_another_implementation()
    {
        using ContentKey key = ContentKey.ImportFromEncryptedPem(WrappedKey.ContentKeyPem, WrappedKey.Password);

        key.Export().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Fact]
    public void Comes_back_from_an_encrypted_text_that_does_not_show_it()
    {
        using ContentKey key = ContentKey.Generate();

        string pem = key.ExportEncryptedPem("a password");
        using ContentKey again = ContentKey.ImportFromEncryptedPem($"A note.\n{pem}\nAnother.", "a password");

        again.Export().Should().Equal(key.Export());
        pem.Should().StartWith("-----BEGIN OML ENCRYPTED KEY-----");
        Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^1])).AsSpan().IndexOf(key.Export()).Should().Be(-1);
        ((Action)(() => ContentKey.ImportFromEncryptedPem(pem, "another"))).Should().Throw<CryptographicException>()
            .WithMessage("*password is wrong, or the text was altered*");
    }
}
