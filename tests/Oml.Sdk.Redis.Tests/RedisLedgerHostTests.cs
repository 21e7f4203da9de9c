using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Oml.Sdk.Metering;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

/// <summary>A hosted ledger comes back: after a server that was away, and after it was closed.</summary>
public sealed class RedisLedgerHostTests : IDisposable
{
    private static readonly DateTimeOffset Later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PermissionIssuer _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-redis-host-");
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);

    public void Dispose()
    {
        _publisher.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_that_was_away_at_first_is_asked_again()
    {
        using IHost host = Build($"127.0.0.1:{FreePort.Find()}");
        Func<Task> ask = async () => await host.Services.GetRedisLedgerAsync();
        await ask.Should().ThrowAsync<UsageLedgerException>();
        await ask.Should().ThrowAsync<UsageLedgerException>();
        (await HealthAsync(host)).Should().Be(HealthStatus.Unhealthy);

        // As if it had come to this address.
        UseServer(Support.Garnet.ConnectionString);

        await using RedisUsageLedger ledger = await host.Services.GetRedisLedgerAsync();
        (await ledger.RedeemAsync(NewKey(), Later)).Should().BeTrue();
        (await HealthAsync(host)).Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_hosted_model_that_could_not_be_built_is_built_once_its_server_is_there()
    {
        using IHost host = Build($"127.0.0.1:{FreePort.Find()}");
        FluentActions.Invoking(() => host.Services.GetRequiredService<OmlModel>()).Should().Throw<UsageLedgerException>();

        UseServer(Support.Garnet.ConnectionString);

        await IsUsableAsync(host.Services.GetRequiredService<OmlModel>());
    }

    [Fact]
    public async Task Callers_that_meet_share_one_ledger_also_after_an_attempt_that_failed()
    {
        using IHost host = Build($"127.0.0.1:{FreePort.Find()}");
        Task<RedisUsageLedger>[] failing = Race(host);
        await FluentActions.Awaiting(() => Task.WhenAll(failing)).Should().ThrowAsync<UsageLedgerException>();
        UseServer(Support.Garnet.ConnectionString);

        RedisUsageLedger[] ledgers = await Task.WhenAll(Race(host));

        ledgers.Distinct().Should().ContainSingle();
        await ledgers[0].DisposeAsync();
    }

    [Fact]
    public async Task A_ledger_that_was_closed_is_opened_anew()
    {
        using IHost host = Build(Support.Garnet.ConnectionString);
        RedisUsageLedger first = await host.Services.GetRedisLedgerAsync();
        PermissionKey key = NewKey();
        (await first.RedeemAsync(key, Later)).Should().BeTrue();
        await first.DisposeAsync();

        await using RedisUsageLedger second = await host.Services.GetRedisLedgerAsync();

        (await second.RedeemAsync(key, Later)).Should().BeFalse("the server knows it still");
        (await host.Services.GetRedisLedgerAsync()).Should().BeSameAs(second);
    }

    [Fact]
    public async Task A_model_whose_receipts_could_not_be_opened_is_built_with_a_ledger_that_is_open()
    {
        using PermissionIssuer hostKey = PermissionIssuer.Create(name: "https://host.example");
        ReceiptLog other = await ReceiptLog.OpenAsync(_folder.FullName, hostKey);
        using IHost host = Build(Support.Garnet.ConnectionString, model => model.UseReceipts(_folder.FullName, hostKey));
        FluentActions.Invoking(() => host.Services.GetRequiredService<OmlModel>()).Should().Throw<ReceiptLogException>();
        await other.DisposeAsync();

        OmlModel model = host.Services.GetRequiredService<OmlModel>();
        await IsUsableAsync(model);
        await model.DisposeAsync();
    }

    private static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());

    private static Task<RedisUsageLedger>[] Race(IHost host) =>
        [.. Enumerable.Range(0, 16).Select(_ => Task.Run(() => host.Services.GetRedisLedgerAsync().AsTask()))];

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["oml-redis-ledger"].Status;

    private IHost Build(string server, Action<OmlModelBuilder>? configure = null)
    {
        _builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Oml:TrustedIssuers:0:PublicKeyPem"] = _publisher.PublicKey.ExportSubjectPublicKeyInfoPem(),
            ["Oml:Redis:ConnectionString"] = server,
            ["Oml:Redis:KeyPrefix"] = $"host{Guid.NewGuid():n}:",
            ["Oml:Redis:OperationTimeout"] = "00:00:03",
        });
        _builder.Services.AddOml(_builder.Configuration.GetSection("Oml"))
            .ConfigureModel((_, model) =>
            {
                model.UseOnnx(new byte[] { 1 }).UseBackend((_, _, _) => new(new SumBackend()));
                configure?.Invoke(model);
            })
            .UseRedisLedger(_builder.Configuration.GetSection("Oml:Redis"));
        _builder.Services.AddHealthChecks().AddOmlRedisLedgerHealthCheck("ready");
        return _builder.Build();
    }

    private void UseServer(string server)
    {
        _builder.Configuration["Oml:Redis:ConnectionString"] = server;
        ((IConfigurationRoot)_builder.Configuration).Reload();
    }

    private async Task IsUsableAsync(OmlModel model)
    {
        byte[] permission = _publisher.Issue(
            new PermissionRequest { Licensee = "l", Model = model.Id, Lifetime = TimeSpan.FromHours(1), Quota = 1 });
        (await model.InferAsync(SumBackend.Inputs(), permission)).Dispose();
    }
}
