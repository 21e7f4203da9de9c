using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed class CosePermissionVerifierTests
{
    private static readonly TestKey Key = TestKey.P256;
    private static readonly TokenForge Forge = TokenForge.Minimal(Key);
    private readonly VerifierHarness _harness = new();

    [Fact]
    public void Messages_say_what_happened_and_what_to_do()
    {
        _harness.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromHours(2));

        _harness.Verify(Forge.Build(Key)).Message.Should().Be(
            "The permission expired 3 days ago, at 2026-01-01 01:00:00Z. Ask 'https://publisher.example' for a new one.");
        _harness.Verify(Forge.WithClaim(3, Cbor.Text("other")).Build(Key)).Message.Should().Contain("'other'").And.Contain("has no name");
        _harness.Verify(Forge.WithClaim(-65543, Cbor.Int(1)).WithClaim(4, Cbor.Int(TokenForge.ExpiresAt + 400000)).Build(Key)).Message
            .Should().Contain("rate (-65543)");
        _harness.Verify(TokenForge.Minimal(TestKey.Stranger).Build(TestKey.Stranger)).Message.Should().Contain("'https://publisher.example'");
    }

    [Fact]
    public void Messages_are_short_one_line_and_harmless_whatever_the_token_says()
    {
        // Right-to-left override, line separator, zero-width space and a private-use character in a well-formed name.
        string hostile = new string('x', 30) + "\u202e\u2028\u200b\ue000" + new string('y', 200);

        string audience = _harness.Verify(Forge.WithClaim(3, Cbor.Text(hostile)).Build(Key), new string('z', 10_000)).Message;
        string issuer = _harness.Verify(Forge.WithClaim(1, Cbor.Text(hostile)).Build(Key)).Message;

        foreach (string message in (string[])[audience, issuer])
        {
            message.Length.Should().BeLessThanOrEqualTo(512);
            message.Should().NotContainAny("\u202e", "\u2028", "\u200b", "\ue000").And.Contain("…");
        }
    }

    [Fact]
    public void Messages_hold_nothing_of_a_token_whose_signature_is_not_good()
    {
        foreach (PermissionVector vector in PermissionVectorFile.Read().Vectors.Where(vector => vector.Expected == DenialReason.BadSignature))
        {
            string message = _harness.Verify(Convert.FromHexString(vector.Token)).Message;

            // Of a delegated one, the key is known from the parent, whose signature is good.
            message.Should().NotContain("licensee-7").And.NotContain("customer-1").And.NotContain("cti")
                .And.ContainAny("'https://publisher.example'", "'urn:ietf:params:oauth:ckt:sha-256:");
        }
    }

    [Theory]
    [InlineData(0, DenialReason.None)]
    [InlineData(-60, DenialReason.None)]
    [InlineData(-61, DenialReason.NotYetValid)]
    [InlineData(3659, DenialReason.None)]
    [InlineData(3660, DenialReason.Expired)]
    public void Holds_from_iat_minus_skew_until_just_before_exp_plus_skew(int secondsAfterIssue, DenialReason expected)
    {
        VerifierHarness harness = new();
        harness.Clock.AdjustTime(DateTimeOffset.FromUnixTimeSeconds(TokenForge.IssuedAt + secondsAfterIssue));

        harness.Verify(Forge.Build(Key)).Reason.Should().Be(expected);
    }

    [Fact]
    public void A_fraction_of_a_second_decides()
    {
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(TokenForge.ExpiresAt);
        VerifierHarness exact = new(options => options.ClockSkew = TimeSpan.Zero);
        exact.Clock.AdjustTime(end.AddTicks(-1));
        exact.Verify(Forge.Build(Key)).IsPermitted.Should().BeTrue();
        exact.Clock.AdjustTime(end);
        exact.Verify(Forge.Build(Key)).Reason.Should().Be(DenialReason.Expired);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", DenialReason.NotYetValid)]
    [InlineData("9999-12-31T23:59:59Z", DenialReason.Expired)]
    public void Clocks_at_the_ends_of_time_do_not_overflow(string now, DenialReason expected)
    {
        VerifierHarness harness = new(options => options.ClockSkew = TimeSpan.FromMinutes(10));
        harness.Clock.AdjustTime(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

        harness.Verify(Forge.Build(Key)).Reason.Should().Be(expected);
    }

    [Fact]
    public void A_permission_until_the_last_second_there_is_does_not_overflow()
    {
        long last = 253402300799;
        VerifierHarness harness = new(options => options.ClockSkew = TimeSpan.FromMinutes(10));
        harness.Clock.AdjustTime(DateTimeOffset.MaxValue);

        harness.Verify(Forge.WithClaim(6, Cbor.Int(last - 60)).WithClaim(4, Cbor.Int(last)).Build(Key)).IsPermitted.Should().BeTrue();
    }

    [Fact]
    public void Checks_run_in_the_order_of_the_specification()
    {
        // A token with every defect at once; each step repairs the first one.
        TokenForge forge = Forge.WithHeader(16, Cbor.Text("x")).WithHeader(4, Cbor.Bytes(new byte[32])).WithHeader(1, Cbor.Int(-35))
            .WithHeader(2, Cbor.Array(Cbor.Int(16))).WithClaim(1, Cbor.Text("x")).WithClaim(-65537, Cbor.Bytes(new byte[32]))
            .WithClaim(3, Cbor.Text("x")).WithClaim(6, Cbor.Int(TokenForge.IssuedAt + 100000)).WithClaim(4, Cbor.Int(253402300799))
            .WithClaim(-70000, Cbor.Int(1));
        Expect(DenialReason.WrongType);
        forge = forge.WithHeader(16, TokenForge.TokenType);
        Expect(DenialReason.UnknownIssuer);
        forge = forge.WithHeader(4, Cbor.Bytes(Key.PublicKey.KeyId.ToArray()));
        Expect(DenialReason.WrongAlgorithm);
        forge = forge.WithHeader(1, Cbor.Int(-7));
        Expect(DenialReason.UnknownCriticalHeader);
        forge = forge.WithoutHeader(2);
        Expect(DenialReason.BadSignature, TestKey.Stranger);
        Expect(DenialReason.UnknownIssuer);
        forge = forge.WithClaim(1, Cbor.Text(TokenForge.Issuer));
        Expect(DenialReason.WrongModel);
        forge = forge.WithClaim(-65537, Cbor.Bytes(TokenForge.Model.ToArray()));
        Expect(DenialReason.WrongAudience);
        forge = forge.WithoutClaim(3);
        Expect(DenialReason.NotYetValid);
        forge = forge.WithClaim(6, Cbor.Int(TokenForge.IssuedAt));
        Expect(DenialReason.LifetimeTooLong);
        forge = forge.WithClaim(6, Cbor.Int(TokenForge.IssuedAt - 1000)).WithClaim(4, Cbor.Int(TokenForge.IssuedAt - 60));
        Expect(DenialReason.Expired);
        forge = forge.WithClaim(4, Cbor.Int(TokenForge.ExpiresAt));
        Expect(DenialReason.MissingScope);
        forge = forge.WithClaim(-65538, Cbor.Array(Cbor.Text("infer")));
        Expect(DenialReason.UnsupportedRestriction);
        forge = forge.WithoutClaim(-70000);
        Expect(DenialReason.None);

        void Expect(DenialReason reason, TestKey? signer = null) =>
            _harness.Verify(forge.Build(signer ?? Key), null, "infer").Reason.Should().Be(reason);
    }

    [Fact]
    public async Task An_issuer_can_change_its_key()
    {
        CosePermissionVerifierOptions options = new() { TrustedIssuers = { new(TokenForge.Issuer, Key.PublicKey), new(TokenForge.Issuer, TestKey.Rsa.PublicKey) } };
        CosePermissionVerifier verifier = new(options, _harness.Clock);
        options.TrustedIssuers.Clear();

        foreach (TestKey key in (TestKey[])[Key, TestKey.Rsa])
        {
            (await verifier.VerifyAsync(TokenForge.Minimal(key).Build(key), new(TokenForge.Model))).IsPermitted.Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_context_cannot_demand_a_scope_that_no_permission_can_have(string? scope)
    {
        Func<PermissionContext> create = () => new PermissionContext(TokenForge.Model, null, "infer", scope!);

        create.Should().Throw<ArgumentException>().WithParameterName("requiredScopes");
    }

    [Fact]
    public void Refuses_options_that_are_out_of_range()
    {
        Wrong(options => options.TrustedIssuers.Clear()).Should().Throw<ArgumentException>().WithMessage("*TrustedIssuers*at least one*");
        Wrong(options => options.TrustedIssuers.Add(null!)).Should().Throw<ArgumentException>().WithMessage("*null*");
        Wrong(options => options.TrustedIssuers.Add(new("other", Key.PublicKey))).Should().Throw<ArgumentException>().WithMessage("*two names*");
        Wrong(options => options.TrustedIssuers.Add(new(TokenForge.Issuer, Key.PublicKey))).Should().NotThrow("the same pair twice is no contradiction");
        Wrong(options => options.ClockSkew = TimeSpan.FromTicks(-1)).Should().Throw<ArgumentException>().WithMessage("*ClockSkew*00:10:00*");
        Wrong(options => options.ClockSkew = TimeSpan.FromMinutes(10.1)).Should().Throw<ArgumentException>().WithMessage("*ClockSkew*");
        Wrong(options => options.MaxTokenBytes = 511).Should().Throw<ArgumentException>().WithMessage("*MaxTokenBytes*512*65536*511*");
        Wrong(options => options.MaxTokenBytes = 65537).Should().Throw<ArgumentException>().WithMessage("*MaxTokenBytes*");
        Wrong(options => options.MaxLifetime = TimeSpan.Zero).Should().Throw<ArgumentException>().WithMessage("*MaxLifetime*");
        Wrong(options => options.MaxLifetime = TimeSpan.FromDays(3654)).Should().Throw<ArgumentException>().WithMessage("*MaxLifetime*");

        static Action Wrong(Action<CosePermissionVerifierOptions> change) => () => _ = new VerifierHarness(change);
    }

    [Fact]
    public async Task Verifies_on_more_threads_than_it_keeps_keys_for()
    {
        byte[][] tokens = [.. ((TestKey[])[Key, TestKey.Rsa]).Select(key => TokenForge.Minimal(key).Build(key))];
        int threads = 4 * Environment.ProcessorCount;
        using Barrier start = new(threads);

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (int i = 0; i < 200; i++)
                {
                    byte[] token = [.. tokens[(thread + i) % tokens.Length]];
                    bool isBad = i % 3 == 0;
                    token[^1] ^= (byte)(isBad ? 1 : 0);
                    _harness.Verify(token).IsPermitted.Should().Be(!isBad);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }
}
