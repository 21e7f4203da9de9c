using System.Formats.Cbor;
using System.IO.Compression;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Tests.Permissions.Revocation;

public sealed class StatusListTests : IDisposable
{
    private readonly StatusListFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_permission_is_good_until_its_place_says_otherwise()
    {
        byte[] token = _fixture.Issue(index: 7);
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None);

        _fixture.List[7] = PermissionStatus.Suspended;
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None, "the list is kept for its ttl");
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.Suspended);
        (await _fixture.VerifyAsync(_fixture.Issue(index: 8))).Should().Be(DenialReason.None);
        _fixture.List[7] = PermissionStatus.Valid;
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None);
        _fixture.List[7] = PermissionStatus.Revoked;
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.Revoked);
        _fixture.Fetches.Should().Be(4);
    }

    [Fact]
    public async Task What_was_delegated_is_revoked_with_what_it_comes_from()
    {
        using PossessionKey holder = PossessionKey.Create(_fixture.Time);
        using PossessionKey other = PossessionKey.Create(_fixture.Time);
        byte[] parent = _fixture.Issuer.Issue(new PermissionRequest
        {
            Licensee = "a",
            Model = StatusListFixture.Model,
            Lifetime = TimeSpan.FromDays(30),
            Use = PermissionUse.Resumable,
            ConfirmationKey = holder.PublicKey,
            Status = new StatusReference(StatusListFixture.Uri, 3),
        });
        byte[] child = holder.Delegate(parent, new PermissionRequest
        {
            Licensee = "b",
            Model = StatusListFixture.Model,
            Lifetime = TimeSpan.FromDays(1),
            ConfirmationKey = other.PublicKey,
        });
        (await _fixture.VerifyAsync(child)).Should().Be(DenialReason.None);

        _fixture.List[3] = PermissionStatus.Revoked;
        _fixture.Time.Advance(TimeSpan.FromHours(2));

        (await _fixture.VerifyAsync(child)).Should().Be(DenialReason.Revoked);
    }

    [Fact]
    public async Task Without_a_list_that_holds_a_permission_is_refused()
    {
        byte[] token = _fixture.Issue();
        using PermissionIssuer stranger = PermissionIssuer.Create(timeProvider: _fixture.Time);
        StatusListBuilder other = new("https://publisher.example/status/2", 1000);
        (string What, Func<byte[]> List)[] wrong =
        [
            ("nothing", () => throw new HttpRequestException("offline")),
            ("no token", () => []),
            ("a permission", () => token),
            ("cut", () => _fixture.Sign()[..^1]),
            ("changed", () => [.. _fixture.Sign()[..^1], 0]),
            ("of another key", () => _fixture.List.Sign(stranger, TimeSpan.FromHours(1))),
            ("another list", () => other.Sign(_fixture.Issuer, TimeSpan.FromHours(1))),
            ("of the future", () => Shifted(TimeSpan.FromMinutes(2))),
            ("ended", () => Shifted(TimeSpan.FromHours(-11))),
        ];
        foreach ((string what, Func<byte[]> list) in wrong)
        {
            _fixture.Fetch = _ => new(list());
            (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.StatusUnknown, what);
            _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        }

        _fixture.Fetch = _ => new(_fixture.Sign());
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None);
        (await _fixture.VerifyAsync(_fixture.Issue(index: 1000))).Should().Be(DenialReason.StatusUnknown, "the list has a thousand places");
    }

    [Fact]
    public async Task An_older_list_does_not_bring_a_revoked_permission_back()
    {
        byte[] token = _fixture.Issue(index: 7);
        byte[] old = _fixture.Sign();
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.List[7] = PermissionStatus.Revoked;
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.Revoked);

        _fixture.Fetch = _ => new(old);
        _fixture.Time.Advance(TimeSpan.FromHours(2));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.Revoked);
        _fixture.Time.Advance(TimeSpan.FromHours(9));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.StatusUnknown);
    }

    [Fact]
    public async Task A_list_is_used_to_its_end_while_no_newer_one_can_be_had_and_longer_only_if_told_to()
    {
        using StatusListFixture patient = new(options => options.Grace = TimeSpan.FromDays(1));
        foreach (StatusListFixture fixture in new[] { _fixture, patient })
        {
            byte[] token = fixture.Issue();
            (await fixture.VerifyAsync(token)).Should().Be(DenialReason.None);
            fixture.Fetch = _ => throw new IOException("away");
            fixture.Time.Advance(TimeSpan.FromHours(9));
            (await fixture.VerifyAsync(token)).Should().Be(DenialReason.None);
            fixture.Time.Advance(TimeSpan.FromHours(2));
            (await fixture.VerifyAsync(token)).Should().Be(fixture == patient ? DenialReason.None : DenialReason.StatusUnknown);
            fixture.Time.Advance(TimeSpan.FromHours(24));
            (await fixture.VerifyAsync(token)).Should().Be(DenialReason.StatusUnknown);
        }
    }

    [Fact]
    public async Task Sixty_four_callers_fetch_once_and_none_of_them_stops_it_for_the_others()
    {
        byte[] token = _fixture.Issue();
        TaskCompletionSource<byte[]> list = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Fetch = _ => new(list.Task);
        using CancellationTokenSource impatient = new();
        Task first = _fixture.Verifier.VerifyAsync(token, new PermissionContext(StatusListFixture.Model), impatient.Token).AsTask();
        Task<DenialReason>[] callers = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(() => _fixture.VerifyAsync(token)))];
        await impatient.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();

        list.SetResult(_fixture.Sign());

        (await Task.WhenAll(callers)).Should().AllBeEquivalentTo(DenialReason.None);
        _fixture.Fetches.Should().Be(1);
    }

    [Fact]
    public async Task A_source_that_fails_is_not_asked_again_at_once()
    {
        _fixture.Fetch = _ => throw new HttpRequestException("away");
        for (int i = 0; i < 10; i++)
        {
            (await _fixture.VerifyAsync(_fixture.Issue(index: i))).Should().Be(DenialReason.StatusUnknown);
        }

        _fixture.Fetches.Should().Be(1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await _fixture.VerifyAsync(_fixture.Issue());
        _fixture.Fetches.Should().Be(2);
    }

    [Fact]
    public async Task A_source_that_never_answers_is_given_up()
    {
        _fixture.Fetch = _ => new(new TaskCompletionSource<byte[]>().Task);
        Task<DenialReason> verifying = _fixture.VerifyAsync(_fixture.Issue());
        while (!verifying.IsCompleted)
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        (await verifying).Should().Be(DenialReason.StatusUnknown);
    }

    [Fact]
    public async Task A_source_that_blocks_its_caller_is_given_up_too_and_not_asked_again_before_it_has_answered()
    {
        using ManualResetEventSlim answer = new();
        _fixture.Fetch = _ =>
        {
            answer.Wait(TestContext.Current.CancellationToken);
            return new(_fixture.Sign());
        };
        for (int i = 0; i < 3; i++)
        {
            Task<DenialReason> verifying = _fixture.VerifyAsync(_fixture.Issue());
            while (!verifying.IsCompleted)
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            (await verifying).Should().Be(DenialReason.StatusUnknown);
            _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        }

        _fixture.Fetches.Should().Be(1);
        answer.Set();
        DenialReason reason;
        while ((reason = await _fixture.VerifyAsync(_fixture.Issue())) == DenialReason.StatusUnknown)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        }

        reason.Should().Be(DenialReason.None);
    }

    [Fact]
    public async Task A_list_for_all_time_is_good_whatever_the_grace()
    {
        using StatusListFixture patient = new(options => options.Grace = TimeSpan.FromDays(30));
        patient.Fetch = _ => new(patient.List.Sign(patient.Issuer, TimeSpan.MaxValue, TimeSpan.MaxValue));

        (await patient.VerifyAsync(patient.Issue())).Should().Be(DenialReason.None);
    }

    [Fact]
    public async Task A_list_without_an_end_is_good_until_the_next_one_is_due()
    {
        byte[] token = _fixture.Issue();
        byte[] list = Token(1, Compress(new byte[10]));
        _fixture.Fetch = _ => new(list);
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None);

        _fixture.Fetch = _ => throw new IOException("away");
        _fixture.Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.None);
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        (await _fixture.VerifyAsync(token)).Should().Be(DenialReason.StatusUnknown);
    }

    [Fact]
    public void A_bomb_is_refused_before_it_takes_memory()
    {
        byte[] bomb = Token(2, Compress(new byte[64 << 20]));
        bomb.Length.Should().BeLessThan(100_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ((Action)(() => StatusListReader.Read(bomb, _ => _fixture.Issuer.PublicKey))).Should().Throw<MalformedTokenException>().WithMessage("*16777216 places*");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(20 << 20);
    }

    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(2, 5, 0b10)]
    [InlineData(4, 5, 0b1011)]
    [InlineData(8, 1, 0xB1)]
    public void Places_of_every_width_are_read_as_the_draft_says(int bits, int index, int expected)
    {
        // §4.1 of the draft: the first place is in the least significant bits of the first byte.
        byte[] values = bits switch { 1 => [0x20], 2 => [0x00, 0x08], 4 => [0x00, 0x00, 0xB0], _ => [0x00, 0xB1] };

        StatusList list = StatusListReader.Read(Token(bits, Compress(values)), _ => _fixture.Issuer.PublicKey);

        list[index].Should().Be(expected);
        list.Count.Should().Be(values.Length * 8 / bits);
    }

    [Fact]
    public void The_example_of_the_draft_is_read()
    {
        // draft-ietf-oauth-status-list, "Compressed Byte Array": 16 places of 1 bit, as bytes B9 A3.
        StatusList list = StatusListReader.Read(Token(1, Convert.FromHexString("78dadbb918000217015d")), _ => _fixture.Issuer.PublicKey);

        Enumerable.Range(0, 16).Select(i => list[i]).Should().Equal(1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1);
    }

    [Fact]
    public void A_list_that_is_malformed_is_refused()
    {
        byte[] good = Compress([0]);
        byte[][] wrong = [Token(3, good), Token(0, good), Token(16, good), Token(2, [1, 2, 3])];
        foreach (byte[] token in wrong)
        {
            ((Action)(() => StatusListReader.Read(token, _ => _fixture.Issuer.PublicKey))).Should().Throw<MalformedTokenException>();
        }
    }

    [Fact]
    public void A_list_that_its_publisher_cut_short_has_fewer_places_if_any()
    {
        byte[] values = new byte[1000];
        new Random(1).NextBytes(values);
        byte[] whole = Compress(values);
        for (int length = 0; length < whole.Length; length += 50)
        {
            int places = 0;
            try
            {
                places = StatusListReader.Read(Token(8, whole[..length]), _ => _fixture.Issuer.PublicKey).Count;
            }
            catch (MalformedTokenException)
            {
                // Just as good.
            }

            places.Should().BeLessThan(1000);
        }
    }

    [Fact]
    public void A_builder_keeps_what_it_was_told_and_refuses_what_cannot_be()
    {
        StatusListBuilder list = new(StatusListFixture.Uri, 10);
        list.Size.Should().Be(12);
        list[9] = PermissionStatus.Suspended;
        list[10] = PermissionStatus.Revoked;
        StatusListBuilder again = new(StatusListFixture.Uri, list.ToArray());

        Enumerable.Range(0, 12).Select(i => again[i]).Should().Equal(
            [.. Enumerable.Repeat(PermissionStatus.Valid, 9), PermissionStatus.Suspended, PermissionStatus.Revoked, PermissionStatus.Valid]);
        ((Action)(() => list[12] = PermissionStatus.Valid)).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => list[0] = (PermissionStatus)3)).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new StatusListBuilder("", 1))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new StatusListBuilder("u", 0))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new StatusListBuilder("u", StatusListBuilder.MaxSize + 1))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new StatusReference("u", StatusReference.MaxIndex + 1))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => list.Sign(_fixture.Issuer, TimeSpan.Zero))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static byte[] Compress(byte[] values)
    {
        using MemoryStream compressed = new();
        using (ZLibStream target = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            target.Write(values);
        }

        return compressed.ToArray();
    }

    private byte[] Shifted(TimeSpan by)
    {
        using PermissionIssuer issuer = PermissionIssuer.ImportFromPem(
            _fixture.Issuer.ExportUnencryptedPkcs8PrivateKeyPem(), timeProvider: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(_fixture.Time.GetUtcNow() + by));
        return _fixture.List.Sign(issuer, TimeSpan.FromHours(10));
    }

    private byte[] Token(int bits, byte[] compressed)
    {
        CborWriter writer = new(CborConformanceMode.Ctap2Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        writer.WriteInt32(2);
        writer.WriteTextString(StatusListFixture.Uri);
        writer.WriteInt32(6);
        writer.WriteInt64(_fixture.Time.GetUtcNow().ToUnixTimeSeconds());
        writer.WriteInt32(65533);
        writer.WriteStartMap(2);
        writer.WriteTextString("lst");
        writer.WriteByteString(compressed);
        writer.WriteTextString("bits");
        writer.WriteInt32(bits);
        writer.WriteEndMap();
        writer.WriteEndMap();
        return _fixture.Issuer.SignMessage(StatusListLabel.Type, writer.Encode());
    }
}
