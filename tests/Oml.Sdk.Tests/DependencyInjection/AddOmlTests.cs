using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.DependencyInjection;

public sealed class AddOmlTests : IDisposable
{
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256, "https://publisher.example");
    private readonly ManagedBackend _backend = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task Registers_a_model_that_is_warm_before_other_services_start()
    {
        int runsAtStart = -1;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(Trust));
        builder.Services.AddSingleton<IHostedService>(_ => new OnStart(() => runsAtStart = _backend.Runs));
        using IHost host = builder.Build();

        await host.StartAsync();

        runsAtStart.Should().Be(1);
        OmlModel model = host.Services.GetRequiredService<OmlModel>();
        using InferenceOutputs outputs = await model.InferAsync(ModelFixture.Inputs(), Issue(model));
        await host.StopAsync();
    }

    [Fact]
    public async Task Disposes_the_model_with_the_host()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(Trust));
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
        }

        _backend.Disposed.Should().BeTrue();
    }

    [Fact]
    public async Task Keeps_models_under_keys_apart()
    {
        ManagedBackend second = new(x => -x);
        ServiceCollection services = new();
        AddModel(services.AddKeyedOml("first", Trust));
        AddModel(services.AddKeyedOml("second", Trust), second, "another model"u8.ToArray());
        await using ServiceProvider provider = services.BuildServiceProvider();

        OmlModel one = provider.GetRequiredKeyedService<OmlModel>("first");
        OmlModel two = provider.GetRequiredKeyedService<OmlModel>("second");

        one.Id.Should().NotBe(two.Id);
        (await one.InferAsync(ModelFixture.Inputs(), Issue(one))).Dispose();
        (_backend.Runs, second.Runs).Should().Be((1, 0));
        provider.GetService<OmlModel>().Should().BeNull();
    }

    [Fact]
    public void Registers_once_when_asked_twice()
    {
        ServiceCollection services = new();
        AddModel(services.AddOml(Trust));
        services.AddOml(options => options.Audience = "app");
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetServices<OmlModel>().Should().ContainSingle();
        provider.GetServices<IHostedService>().Should().ContainSingle();
        provider.GetRequiredService<IOptions<OmlOptions>>().Value.Audience.Should().Be("app");
    }

    [Fact]
    public async Task Binds_from_configuration()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Oml:Audience"] = "app",
            ["Oml:ClockSkew"] = "00:02:00",
            ["Oml:RequiredScopes:0"] = "infer",
            ["Oml:WarmUp"] = "false",
            ["Oml:TrustedIssuers:0:Name"] = "https://publisher.example",
            ["Oml:TrustedIssuers:0:PublicKeyPem"] = _issuer.PublicKey.ExportSubjectPublicKeyInfoPem(),
        }).Build();
        ServiceCollection services = new();
        AddModel(services.AddOml(configuration.GetSection("Oml")));
        await using ServiceProvider provider = services.BuildServiceProvider();
        OmlModel model = provider.GetRequiredService<OmlModel>();

        Func<Task> withoutScope = async () => await model.AuthorizeAsync(Issue(model, "app"));
        Func<Task> otherApp = async () => await model.AuthorizeAsync(Issue(model, "other", "infer"));

        (await withoutScope.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.MissingScope);
        (await otherApp.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.WrongAudience);
        await using OmlSession session = await model.AuthorizeAsync(Issue(model, "app", "infer"));
        OmlOptions options = provider.GetRequiredService<IOptions<OmlOptions>>().Value;
        (options.ClockSkew, options.WarmUp).Should().Be((TimeSpan.FromMinutes(2), false));
    }

    [Fact]
    public async Task Refuses_to_start_with_options_that_are_out_of_range()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(options =>
        {
            options.ClockSkew = TimeSpan.FromHours(1);
            options.ModelPath = "";
            options.TrustedIssuers.Add(new TrustedIssuerOptions());
        }));
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        string message = (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message;
        message.Should().Contain("ClockSkew must be between").And.Contain("ModelPath is empty").And.Contain("PublicKeyPem or PublicKeyFile");
        _backend.Runs.Should().Be(0);
    }

    [Theory]
    [InlineData("no key", null, "PublicKeyPem holds no public key that can be used")]
    [InlineData(null, "no-such-file.pem", "PublicKeyFile holds no public key that can be used")]
    public async Task Refuses_to_start_with_a_key_that_cannot_be_read(string? pem, string? file, string message)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(options =>
            options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem, PublicKeyFile = file })));
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(message);
    }

    [Fact]
    public async Task Follows_the_keys_in_a_file_that_configuration_names()
    {
        using Sealing.Keys.TemporaryFolder folder = new();
        using PermissionIssuer next = PermissionIssuer.Create(name: "https://publisher.example");
        string path = folder.Path("keys.json");
        await File.WriteAllTextAsync(path, ScriptedKeySource.Set(_issuer).ExportJwkSet());
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TrustedIssuers:0:Name"] = "https://publisher.example",
            ["TrustedIssuers:0:KeySetFile"] = path,
            ["TrustedIssuers:0:KeySetRefreshInterval"] = "00:00:05",
        }).Build();
        TwoClocks clock = new();
        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(clock);
        AddModel(services.AddOml(configuration));
        await using ServiceProvider provider = services.BuildServiceProvider();
        OmlModel model = provider.GetRequiredService<OmlModel>();
        using PermissionIssuer old = PermissionIssuer.ImportFromPem(_issuer.ExportUnencryptedPkcs8PrivateKeyPem(), "https://publisher.example", clock);
        PermissionRequest request = new() { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(1) };

        (await model.AuthorizeAsync(old.Issue(request))).Dispose();
        await File.WriteAllTextAsync(path, ScriptedKeySource.Set(next).ExportJwkSet());
        clock.Steady += TimeSpan.FromSeconds(5);
        Func<Task> removed = async () => await model.AuthorizeAsync(old.Issue(request));

        (await removed.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.UnknownIssuer);
    }

    [Fact]
    public async Task Trusts_sets_and_sources_that_code_names()
    {
        using PermissionIssuer other = PermissionIssuer.Create(name: "https://other.example");
        ScriptedKeySource source = new();
        source.Has(other);
        ServiceCollection services = new();
        services.AddSingleton<IIssuerKeySetSource>(source);
        OmlServiceBuilder builder = services.AddOml()
            .TrustIssuer("https://publisher.example", ScriptedKeySource.Set(_issuer))
            .TrustIssuer("https://other.example", provider => provider.GetRequiredService<IIssuerKeySetSource>(), trusted => trusted.MaxAge = TimeSpan.FromDays(7));
        AddModel(builder);
        await using ServiceProvider provider = services.BuildServiceProvider();
        OmlModel model = provider.GetRequiredService<OmlModel>();

        (await model.AuthorizeAsync(Issue(model))).Dispose();
        (await model.AuthorizeAsync(other.Issue(new() { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(1) }))).Dispose();
        source.Loads.Should().Be(1);
    }

    [Fact]
    public async Task Trusts_a_key_from_configuration_for_its_time()
    {
        ServiceCollection services = new();
        AddModel(services.AddOml(options => options.TrustedIssuers.Add(new TrustedIssuerOptions
        {
            Name = "https://publisher.example",
            PublicKeyPem = _issuer.PublicKey.ExportSubjectPublicKeyInfoPem(),
            NotAfter = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
        })));
        await using ServiceProvider provider = services.BuildServiceProvider();
        OmlModel model = provider.GetRequiredService<OmlModel>();
        Func<Task> authorize = async () => await model.AuthorizeAsync(Issue(model));

        (await authorize.Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.UnknownIssuer);
    }

    [Fact]
    public async Task Refuses_to_start_with_sets_and_times_that_make_no_sense()
    {
        using Sealing.Keys.TemporaryFolder folder = new();
        string broken = folder.Path("broken.json");
        await File.WriteAllTextAsync(broken, "{\"keys\":[");
        string pem = _issuer.PublicKey.ExportSubjectPublicKeyInfoPem();
        DateTimeOffset time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(options =>
        {
            options.TrustedIssuers.Add(new TrustedIssuerOptions { KeySetFile = broken });
            options.TrustedIssuers.Add(new TrustedIssuerOptions { Name = "a", KeySetFile = broken, PublicKeyPem = pem });
            options.TrustedIssuers.Add(new TrustedIssuerOptions { Name = "a", KeySetFile = broken, NotAfter = time });
            options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem, NotBefore = time, NotAfter = time });
            options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem, KeySetRefreshInterval = TimeSpan.Zero });
        }));
        using IHost host = builder.Build();
        Func<Task> start = () => host.StartAsync();

        string message = (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message;

        message.Should().Contain("KeySetFile needs a Name").And.Contain("KeySetFile holds no keys that can be used")
            .And.Contain("PublicKeyPem or PublicKeyFile or KeySetFile").And.Contain("the set says when they are trusted")
            .And.Contain("not after its start").And.Contain("KeySetRefreshInterval must be 1 second to 1 day");
    }

    [Fact]
    public async Task Starts_when_the_model_does_not_run_on_zeros()
    {
        _backend.During = _ => throw new InferenceException("zeros do not suit");
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml(Trust));
        using IHost host = builder.Build();

        await host.StartAsync();

        host.Services.GetRequiredService<OmlModel>().Signature.Inputs.Should().ContainSingle();
        await host.StopAsync();
    }

    [Fact]
    public async Task Says_what_is_missing_when_nobody_is_trusted()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        AddModel(builder.Services.AddOml());
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("TrustIssuer(publisherPublicKey)");
    }

    [Fact]
    public async Task Uses_the_ledger_and_the_clock_that_are_among_the_services()
    {
        TwoClocks clocks = new();
        InMemoryUsageLedger ledger = new(clocks);
        ServiceCollection services = new();
        services.AddSingleton<IUsageLedger>(ledger).AddSingleton<TimeProvider>(clocks);
        AddModel(services.AddOml(Trust));
        await using ServiceProvider provider = services.BuildServiceProvider();
        OmlModel model = provider.GetRequiredService<OmlModel>();
        using PermissionIssuer issuer =
            PermissionIssuer.ImportFromPem(_issuer.ExportUnencryptedPkcs8PrivateKeyPem(), "https://publisher.example", clocks);

        await using OmlSession session = await model.AuthorizeAsync(issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = model.Id,
            Lifetime = TimeSpan.FromHours(1),
        }));

        ledger.Count.Should().Be(1);
    }

    [Fact]
    public async Task Reports_health()
    {
        ServiceCollection services = new();
        services.AddLogging();
        AddModel(services.AddOml(Trust));
        services.AddHealthChecks().AddOmlHealthCheck("ready");
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthCheckService health = provider.GetRequiredService<HealthCheckService>();

        HealthReport before = await health.CheckHealthAsync();
        OmlModel model = provider.GetRequiredService<OmlModel>();
        HealthReport after = await health.CheckHealthAsync();

        before.Status.Should().Be(HealthStatus.Degraded);
        after.Status.Should().Be(HealthStatus.Healthy);
        after.Entries["oml"].Data["model"].Should().Be($"{model.Id} on Managed");
        after.Entries["oml"].Tags.Should().Equal("ready");
    }

    [Fact]
    public async Task Reports_a_model_that_could_not_be_loaded_as_unhealthy()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddOml(Trust).ConfigureModel((_, model) => model
            .UseOnnx("no-such-model.onnx")
            .UseBackend((_, _, _) => new(_backend)));
        services.AddHealthChecks().AddOmlHealthCheck();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Action resolve = () => provider.GetRequiredService<OmlModel>();

        resolve.Should().Throw<ModelLoadException>().WithMessage("There is no model file at*");
        HealthReport report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public void Serves_many_callers_who_ask_for_the_model_at_once()
    {
        int built = 0;
        ServiceCollection services = new();
        services.AddOml(Trust).ConfigureModel((_, model) => model.UseOnnx(ModelFixture.ModelBytes).UseBackend((_, _, _) =>
        {
            Interlocked.Increment(ref built);
            return new(_backend);
        }));
        using ServiceProvider provider = services.BuildServiceProvider();

        Parallel.For(0, 64, _ => provider.GetRequiredService<OmlModel>());

        built.Should().Be(1);
    }

    private void Trust(OmlOptions options) => options.TrustedIssuers.Add(new TrustedIssuerOptions
    {
        Name = "https://publisher.example",
        PublicKeyPem = _issuer.PublicKey.ExportSubjectPublicKeyInfoPem(),
    });

    private void AddModel(OmlServiceBuilder builder, ManagedBackend? backend = null, byte[]? model = null) =>
        builder.ConfigureModel((_, oml) => oml
            .UseOnnx(model ?? ModelFixture.ModelBytes)
            .UseBackend((_, _, _) => new(backend ?? _backend)));

    private byte[] Issue(OmlModel model, string? audience = null, params string[] scopes) => _issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Audience = audience,
        Scopes = [.. scopes],
    });

    private sealed class OnStart(Action action) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            action();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
