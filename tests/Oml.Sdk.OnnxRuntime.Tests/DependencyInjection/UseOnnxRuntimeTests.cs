using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.OnnxRuntime.Tests.DependencyInjection;

public sealed class UseOnnxRuntimeTests : IDisposable
{
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);

    public void Dispose() => _publisher.Dispose();

    [Fact]
    public async Task Runs_a_model_that_is_registered_from_configuration_alone()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings(("Oml:OnnxRuntime:IntraOpThreads", "1"), ("Oml:OnnxRuntime:ExecutionProvider", "CudaThenCpu")));
        builder.Services.AddOml(builder.Configuration.GetSection("Oml"))
            .UseOnnxRuntime(builder.Configuration.GetSection("Oml:OnnxRuntime"));
        using IHost host = builder.Build();
        await host.StartAsync();
        OmlModel model = host.Services.GetRequiredService<OmlModel>();

        using InferenceOutputs outputs = await model.InferAsync(
            new InferenceInputs().Add("image", new float[784], 1, 1, 28, 28),
            _publisher.Issue(new PermissionRequest { Licensee = "l", Model = model.Id, Lifetime = TimeSpan.FromHours(1) }));

        outputs["logits"].Shape.ToArray().Should().Equal(1, 10);
        host.Services.GetRequiredService<IOptions<OnnxRuntimeOptions>>().Value.IntraOpThreads.Should().Be(1);
        await host.StopAsync();
    }

    [Fact]
    public async Task Refuses_to_start_with_options_that_are_out_of_range()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings());
        builder.Services.AddOml(builder.Configuration.GetSection("Oml")).UseOnnxRuntime(options => options.IntraOpThreads = -3);
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("IntraOpThreads");
    }

    [Fact]
    public async Task Refuses_to_start_without_the_model_file()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings(("Oml:ModelPath", "no-such-model.onnx")));
        builder.Services.AddOml(builder.Configuration.GetSection("Oml")).UseOnnxRuntime();
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<ModelLoadException>()).Which.Message.Should().Contain("no-such-model.onnx");
    }

    private Dictionary<string, string?> Settings(params (string Key, string Value)[] more)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Oml:ModelPath"] = Path.Combine(AppContext.BaseDirectory, "digits.onnx"),
            ["Oml:TrustedIssuers:0:PublicKeyPem"] = _publisher.PublicKey.ExportSubjectPublicKeyInfoPem(),
        };
        foreach ((string key, string value) in more)
        {
            settings[key] = value;
        }

        return settings;
    }
}
