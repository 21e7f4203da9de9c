using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A server that comes back with what it held some while ago, or with nothing.</summary>
public sealed class OldCopyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-old-copy-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string OldCopy => Path.Combine(_folder.FullName, "copy");

    public void Dispose()
    {
        _issuer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_old_copy_of_the_servers_data_or_none_is_noticed_through_the_receipts_and_said(bool isAppendOnly, bool isCopy)
    {
        await using RedisServer server = await RedisServer.StartAsync(durable: isAppendOnly);
        await UseOnceAsync(server);
        await SaveAsync(server);
        await server.RestartOverAsync(folder => Copy(folder.FullName, OldCopy));
        _time.Advance(TimeSpan.FromHours(1));
        byte[] used = await UseOnceAsync(server);
        await SaveAsync(server);
        await server.RestartOverAsync(_ => { });
        await (await BuildAsync(server)).DisposeAsync();

        await server.RestartOverAsync(folder =>
        {
            folder.Delete(recursive: true);
            folder.Create();
            if (isCopy)
            {
                Copy(OldCopy, folder.FullName);
            }
        });

        UsageLedgerException error = (await FluentActions.Awaiting(() => BuildAsync(server).AsTask()).Should().ThrowAsync<UsageLedgerException>()).Which;
        error.Message.Should().Contain("old copy").And.Contain(nameof(ReceiptOptions.AcceptOlderLedger));

        // An operator who knows what was lost goes on. Without the check, what was used could be used again.
        await using (OmlModel accepted = await BuildAsync(server, options => options.AcceptOlderLedger = true))
        {
            await using OmlSession again = await accepted.AuthorizeAsync(used, Cancellation);
        }

        await (await BuildAsync(server)).DisposeAsync();
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task SaveAsync(RedisServer server)
    {
        await using ConnectionMultiplexer operators = await ServerInfo.ConnectAsync(server);
        await operators.GetServers()[0].SaveAsync(SaveType.BackgroundSave);
        await ServerInfo.UntilAsync(operators, ["rdb_bgsave_in_progress:0", "rdb_last_bgsave_status:ok"]);
    }

    private async Task<byte[]> UseOnceAsync(RedisServer server)
    {
        await using OmlModel model = await BuildAsync(server);
        byte[] permission = _issuer.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(9), Quota = 1 });
        (await model.InferAsync(SumBackend.Inputs(), permission, Cancellation)).Dispose();
        return permission;
    }

    private ValueTask<OmlModel> BuildAsync(RedisServer server, Action<ReceiptOptions>? configure = null) => OmlModel.CreateBuilder()
        .UseOnnx(new byte[] { 1 })
        .UseBackend((_, _, _) => new(new SumBackend()))
        .TrustIssuer(_issuer.PublicKey)
        .UseRedisLedger(server.ConnectionString, options => options.ConnectTimeout = options.OperationTimeout = TimeSpan.FromMinutes(1))
        .UseReceipts(Path.Combine(_folder.FullName, "receipts"), _issuer, configure)
        .UseTimeProvider(_time)
        .BuildAsync(Cancellation);
}
