using Oml.Sdk.Permissions;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>What every <see cref="IPermissionVerifier"/> must do. Derive from it in a test project, and its tests run there.</summary>
/// <remarks>
/// xunit v3 makes an object for each test, so the members that the derived class gives may make new objects on every call. The
/// permission that it gives must hold for as long as the tests run: use a clock that stands still.
/// </remarks>
public abstract class PermissionVerifierContract
{
    private const int Seed = 20260101;

    /// <summary>Makes the verifier under test.</summary>
    /// <returns>A verifier that permits <see cref="CreateToken"/> in <see cref="CreateContext"/>.</returns>
    protected abstract IPermissionVerifier CreateVerifier();

    /// <summary>Makes a token that holds.</summary>
    /// <returns>The bytes; every call gives a permission for the same context.</returns>
    protected abstract byte[] CreateToken();

    /// <summary>Makes the context that the token is for.</summary>
    /// <returns>The context.</returns>
    protected abstract PermissionContext CreateContext();

    /// <summary>A good token gives a permission for the model that was asked for, and no reason.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Permits_a_good_token()
    {
        PermissionContext context = CreateContext();

        PermissionVerification result = await CreateVerifier().VerifyAsync(CreateToken(), context, TestContext.Current.CancellationToken);

        Assert.True(result.IsPermitted, result.Message);
        Assert.Equal(DenialReason.None, result.Reason);
        Assert.Equal(context.Model, result.Permission.Model);
    }

    /// <summary>The permission is refused for a model that it does not name.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Refuses_another_model()
    {
        PermissionContext context = CreateContext();
        PermissionContext other = new(ModelId.Compute("another model"u8), context.Audience, context.RequiredScopes);

        PermissionVerification result = await CreateVerifier().VerifyAsync(CreateToken(), other, TestContext.Current.CancellationToken);

        AssertRefused(result);
        Assert.Equal(DenialReason.WrongModel, result.Reason);
    }

    /// <summary>No bytes at all are refused, not an error.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Refuses_an_empty_token()
    {
        IPermissionVerifier verifier = CreateVerifier();

        AssertRefused(await verifier.VerifyAsync(default, CreateContext(), TestContext.Current.CancellationToken));
        AssertRefused(await verifier.VerifyAsync(ReadOnlyMemory<byte>.Empty, CreateContext(), TestContext.Current.CancellationToken));
    }

    /// <summary>Random bytes of many lengths are refused, not an error.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Refuses_random_bytes()
    {
        IPermissionVerifier verifier = CreateVerifier();
        PermissionContext context = CreateContext();
        uint state = Seed;
        for (int length = 1; length <= 1024; length++)
        {
            byte[] bytes = new byte[length];
            foreach (ref byte b in bytes.AsSpan())
            {
                // A linear congruential generator: the same bytes on every machine.
                state = (state * 1664525) + 1013904223;
                b = (byte)(state >> 24);
            }

            AssertRefused(await verifier.VerifyAsync(bytes, context, TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Every proper beginning of a good token is refused, and so is a good token with a byte after it.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Refuses_a_token_of_another_length()
    {
        IPermissionVerifier verifier = CreateVerifier();
        PermissionContext context = CreateContext();
        byte[] token = CreateToken();
        for (int length = 0; length < token.Length; length++)
        {
            AssertRefused(await verifier.VerifyAsync(token.AsMemory(0, length), context, TestContext.Current.CancellationToken));
        }

        AssertRefused(await verifier.VerifyAsync((byte[])[.. token, 0], context, TestContext.Current.CancellationToken));
        AssertRefused(await verifier.VerifyAsync((byte[])[.. token, .. token], context, TestContext.Current.CancellationToken));
    }

    /// <summary>A good token with any one bit changed is refused.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Refuses_a_token_with_any_bit_flipped()
    {
        IPermissionVerifier verifier = CreateVerifier();
        PermissionContext context = CreateContext();
        byte[] token = CreateToken();
        for (int bit = 0; bit < 8 * token.Length; bit++)
        {
            byte mask = (byte)(1 << (bit % 8));
            token[bit / 8] ^= mask;
            AssertRefused(await verifier.VerifyAsync(token, context, TestContext.Current.CancellationToken));
            token[bit / 8] ^= mask;
        }
    }

    /// <summary>The same question has the same answer: verifying uses nothing up. The token's bytes stay as they were.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Answers_the_same_twice_and_leaves_the_token_alone()
    {
        IPermissionVerifier verifier = CreateVerifier();
        byte[] token = CreateToken();
        byte[] copy = [.. token];

        PermissionVerification first = await verifier.VerifyAsync(token, CreateContext(), TestContext.Current.CancellationToken);
        PermissionVerification second = await verifier.VerifyAsync(token, CreateContext(), TestContext.Current.CancellationToken);

        Assert.True(first.IsPermitted, first.Message);
        Assert.True(second.IsPermitted, second.Message);
        Assert.Equal(first.Permission.Nonce, second.Permission.Nonce);
        Assert.Equal(first.Permission.Issuer, second.Permission.Issuer);
        Assert.Equal(copy, token);
    }

    /// <summary>The permission does not change when the caller writes to the token's memory afterwards.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Keeps_nothing_of_the_callers_memory()
    {
        byte[] token = CreateToken();
        PermissionVerification result = await CreateVerifier().VerifyAsync(token, CreateContext(), TestContext.Current.CancellationToken);
        Assert.True(result.IsPermitted, result.Message);
        (string licensee, PermissionNonce nonce) = (result.Permission.Licensee, result.Permission.Nonce);

        token.AsSpan().Fill(0xFF);

        Assert.Equal(licensee, result.Permission.Licensee);
        Assert.Equal(nonce, result.Permission.Nonce);
    }

    /// <summary>Many callers at once get what each would get alone.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Serves_many_threads_at_once()
    {
        IPermissionVerifier verifier = CreateVerifier();
        PermissionContext context = CreateContext();
        byte[] good = CreateToken();
        byte[] bad = [.. good];
        bad[^1] ^= 1;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                bool isGood = ((worker + i) % 2) == 0;
                PermissionVerification result = await verifier.VerifyAsync(isGood ? good : bad, context, CancellationToken.None);
                Assert.Equal(isGood, result.IsPermitted);
            }
        })));
    }

    /// <summary>A call that was cancelled before it started ends as cancelled.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Honours_cancellation()
    {
        IPermissionVerifier verifier = CreateVerifier();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await verifier.VerifyAsync(CreateToken(), CreateContext(), new CancellationToken(canceled: true)));
    }

    /// <summary>A missing context is a wrong call: an exception, not a refusal.</summary>
    /// <returns>The running test.</returns>
    [Fact]
    public async Task Throws_for_a_null_context()
    {
        IPermissionVerifier verifier = CreateVerifier();

        await Assert.ThrowsAsync<ArgumentNullException>(
            async () => await verifier.VerifyAsync(CreateToken(), null!, TestContext.Current.CancellationToken));
    }

    private static void AssertRefused(PermissionVerification result)
    {
        Assert.NotNull(result);
        Assert.False(result.IsPermitted);
        Assert.Null(result.Permission);
        Assert.NotEqual(DenialReason.None, result.Reason);
        Assert.NotEmpty(result.Message);
    }
}
