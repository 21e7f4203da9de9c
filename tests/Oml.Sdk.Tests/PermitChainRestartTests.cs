using System.Buffers.Binary;
using System.Security.Cryptography;
using Oml.Sdk.Metering.Receipts.Settlement;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>What publisher and licensee keep of a permit chain, and what they agree on when either of them was restarted.</summary>
public sealed class PermitChainRestartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-permits-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_session_shows_the_highest_preimage_that_it_accepted()
    {
        using PermitChain chain = PermitChain.Create(100);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        OmlSession session = await fixture.Model.AuthorizeAsync(Issue(fixture, chain));
        session.HighestPayment.Should().BeNull();
        foreach (long index in (long[])[5, 3, 7, 7])
        {
            await PayAsync(session, Payment(chain, index));
        }

        Func<Task> forged = async () => await PayAsync(session, new PermitPayment(9, new byte[32]));
        await forged.Should().ThrowAsync<PermissionDeniedException>();
        PermitPayment seen = session.HighestPayment!;
        await PayAsync(session, Payment(chain, 20));
        await session.DisposeAsync();

        seen.Index.Should().Be(7, "it is a value, which later payments do not change");
        PermitChain.Verify(chain.Anchor, seen.Index, seen.Preimage.Span).Should().BeTrue();
        session.HighestPayment!.Index.Should().Be(20);
        PermitChain.Verify(chain.Anchor, 20, session.HighestPayment.Preimage.Span).Should().BeTrue();
    }

    [Fact]
    public async Task A_session_without_a_chain_has_no_payment()
    {
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        await using OmlSession session = await fixture.Model.AuthorizeAsync(fixture.Issue());

        session.HighestPayment.Should().BeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Publisher_and_licensee_agree_to_the_unit_after_restarts_of_both(int seed)
    {
        Random random = new(seed);
        await using ModelFixture fixture = await ModelFixture.CreateAsync();
        PermitChain chain = PermitChain.Create(1000);
        byte[] token = Issue(fixture, chain);
        StorePublisher(chain);
        OmlSession session = await fixture.Model.AuthorizeAsync(token);
        HashSet<long> sold = [];
        long gained = 0;
        for (int step = 0; step < 300; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    chain.Dispose();
                    chain = RestorePublisher();
                    break;
                case 1:
                    // Before it was stored: nobody was given it, so that it may be sold after the restart.
                    chain.ReleaseNext(random.Next(1, 4));
                    chain.Dispose();
                    chain = RestorePublisher();
                    break;
                case 2:
                    StoreLicensee(session);
                    await session.DisposeAsync();
                    session = await fixture.Model.AuthorizeAsync(token);
                    gained += RestoreLicensee() is { } last ? await PayAsync(session, last) : 0;
                    break;
                default:
                    long before = chain.ReleasedIndex;
                    PermitPayment payment = chain.ReleaseNext(random.Next(1, 4));
                    StorePublisher(chain);
                    for (long unit = before + 1; unit <= payment.Index; unit++)
                    {
                        sold.Add(unit).Should().BeTrue("unit {0} is sold once", unit);
                    }

                    // One in four is lost on the way; the next one pays for it too.
                    gained += random.Next(4) == 0 ? 0 : await PayAsync(session, payment);
                    break;
            }
        }

        chain.Dispose();
        chain = RestorePublisher();
        gained += await PayAsync(session, Payment(chain, chain.ReleasedIndex));
        StoreLicensee(session);
        await session.DisposeAsync();

        UsageStatement licensees = Statement(session.Permission, RestoreLicensee()!);
        UsageStatement publishers = Statement(session.Permission, Payment(chain, chain.ReleasedIndex));
        publishers.Digest.Should().Be(licensees.Digest);
        publishers.Lines.Should().ContainSingle().Which.PaidUnits.Should().Be(sold.Count).And.Be(chain.ReleasedIndex);
        gained.Should().BeInRange(sold.Count / 2, sold.Count, "no unit is gained twice, and a session leaves at most its block");
        chain.Dispose();
    }

    private static PermitPayment Payment(PermitChain chain, long index)
    {
        byte[] preimage = new byte[PermitChain.PreimageSize];
        chain.Release(index, preimage);
        return new(index, preimage);
    }

    private static ValueTask<long> PayAsync(OmlSession session, PermitPayment payment) => session.PayAsync(payment.Index, payment.Preimage.Span);

    private static UsageStatement Statement(Permission permission, PermitPayment payment)
    {
        UsageStatementBuilder statement = new("licensee", permission.IssuedAt, permission.ExpiresAt);
        statement.AddPayment(permission, settledIndex: 0, payment);
        return statement.Build();
    }

    private static byte[] Issue(ModelFixture fixture, PermitChain chain) => fixture.Issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = fixture.Model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Use = PermissionUse.Resumable,
        PermitChain = chain.Anchor,
    });

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private void StorePublisher(PermitChain chain)
    {
        byte[] state = new byte[PermitChain.PreimageSize + 8];
        chain.CopySeedTo(state);
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(PermitChain.PreimageSize), chain.ReleasedIndex);
        System.IO.File.WriteAllBytes(File("publisher"), state);
        CryptographicOperations.ZeroMemory(state);
    }

    private PermitChain RestorePublisher()
    {
        byte[] state = System.IO.File.ReadAllBytes(File("publisher"));
        return PermitChain.FromSeed(
            state.AsSpan(0, PermitChain.PreimageSize), 1000, BinaryPrimitives.ReadInt64LittleEndian(state.AsSpan(PermitChain.PreimageSize)));
    }

    private void StoreLicensee(OmlSession session)
    {
        if (session.HighestPayment is { } payment)
        {
            byte[] index = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(index, payment.Index);
            System.IO.File.WriteAllBytes(File("licensee"), [.. index, .. payment.Preimage.Span]);
        }
    }

    private PermitPayment? RestoreLicensee()
    {
        if (!System.IO.File.Exists(File("licensee")))
        {
            return null;
        }

        byte[] state = System.IO.File.ReadAllBytes(File("licensee"));
        return new(BinaryPrimitives.ReadInt64LittleEndian(state), state.AsSpan(8));
    }
}
