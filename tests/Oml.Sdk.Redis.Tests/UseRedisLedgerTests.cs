using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Redis.Tests.Support;

namespace Oml.Sdk.Redis.Tests;

public sealed class UseRedisLedgerTests : IDisposable
{
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly string _prefix = $"use{Guid.NewGuid():n}:";

    public void Dispose() => _publisher.Dispose();

    [Fact]
    public async Task Lets_two_models_share_a_quota_and_a_nonce()
    {
        await using OmlModel first = await BuildAsync();
        await using OmlModel second = await BuildAsync();
        byte[] permission = Issue(first, quota: 2);
        (await first.InferAsync(SumBackend.Inputs(), permission)).Dispose();

        Func<Task> replay = async () => await second.AuthorizeAsync(permission);

        (await replay.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Replayed);
    }

    [Fact]
    public async Task Gives_units_back_when_the_model_is_disposed_with_an_open_session()
    {
        byte[] permission;
        OmlModel first = await BuildAsync();
        await using (first)
        {
            permission = Issue(first, quota: 10, PermissionUse.Resumable);
            OmlSession session = await first.AuthorizeAsync(permission);
            (await session.InferAsync(SumBackend.Inputs())).Dispose();
        }

        await using OmlModel second = await BuildAsync();
        await using OmlSession rest = await second.AuthorizeAsync(permission);
        for (int i = 0; i < 9; i++)
        {
            (await rest.InferAsync(SumBackend.Inputs())).Dispose();
        }

        Func<Task> tenth = async () => (await rest.InferAsync(SumBackend.Inputs())).Dispose();
        await tenth.Should().ThrowAsync<PermissionDeniedException>();
    }

    [Fact]
    public async Task Builds_no_model_without_its_server()
    {
        Func<Task> build = async () => await Describe($"127.0.0.1:{FreePort.Find()}").BuildAsync();

        await build.Should().ThrowAsync<UsageLedgerException>().WithMessage("*could be reached*");
    }

    [Fact]
    public async Task Serves_a_hosted_model_and_tells_its_health_before_a_fence_in_it_and_after_reopening()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Oml:TrustedIssuers:0:PublicKeyPem"] = _publisher.PublicKey.ExportSubjectPublicKeyInfoPem(),
            ["Oml:Redis:ConnectionString"] = Support.Garnet.ConnectionString,
            ["Oml:Redis:KeyPrefix"] = _prefix,
            ["Oml:Redis:OperationTimeout"] = "00:00:03",
        });
        builder.Services.AddOml(builder.Configuration.GetSection("Oml"))
            .ConfigureModel((_, model) => model.UseOnnx(new byte[] { 1 }).UseBackend((_, _, _) => new(new SumBackend())))
            .UseRedisLedger(builder.Configuration.GetSection("Oml:Redis"));
        builder.Services.AddHealthChecks().AddOmlRedisLedgerHealthCheck("ready");
        using IHost host = builder.Build();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Degraded);
        await host.StartAsync();
        OmlModel model = host.Services.GetRequiredService<OmlModel>();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);

        RedisUsageLedger ledger = await host.Services.GetRedisLedgerAsync();
        await ledger.AdvanceEpochAsync();

        HealthReportEntry fenced = (await health.CheckHealthAsync()).Entries["oml-redis-ledger"];
        fenced.Status.Should().Be(HealthStatus.Unhealthy);
        fenced.Description.Should().Contain("epoch");
        fenced.Tags.Should().Contain("ready");
        Func<Task> use = async () => (await model.InferAsync(SumBackend.Inputs(), Issue(model, quota: 1))).Dispose();
        await use.Should().ThrowAsync<RedisLedgerFencedException>();
        await ledger.ReopenAsync();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);
        await use.Should().NotThrowAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Refuses_to_start_a_host_with_options_that_are_out_of_range()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOml(options => options.TrustedIssuers.Add(new() { PublicKeyPem = _publisher.PublicKey.ExportSubjectPublicKeyInfoPem() }))
            .UseRedisLedger(Support.Garnet.ConnectionString, options => options.KeyPrefix = "{}");
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("KeyPrefix");
    }

    private ValueTask<OmlModel> BuildAsync() => Describe(Support.Garnet.ConnectionString).BuildAsync();

    private OmlModelBuilder Describe(string server) => OmlModel.CreateBuilder()
        .UseOnnx(new byte[] { 1 })
        .UseBackend((_, _, _) => new(new SumBackend()))
        .TrustIssuer(_publisher.PublicKey)
        .UseRedisLedger(server, options => options.KeyPrefix = _prefix);

    private byte[] Issue(OmlModel model, long quota, PermissionUse use = PermissionUse.SingleSession) => _publisher.Issue(
        new PermissionRequest { Licensee = "l", Model = model.Id, Lifetime = TimeSpan.FromHours(1), Quota = quota, Use = use });
}
