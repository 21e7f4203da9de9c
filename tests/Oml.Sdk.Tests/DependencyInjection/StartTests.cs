using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.DependencyInjection;

/// <summary>What a host says when it starts with options that could never work.</summary>
public sealed class StartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("name", "*Name is empty*")]
    [InlineData("scope", "*RequiredScopes*")]
    [InlineData("two names", "*trusted under several names*")]
    [InlineData("two models", "*one of them*")]
    public async Task A_host_refuses_to_start_also_when_nothing_is_warmed_up(string fault, string message)
    {
        string pem = Pem();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOml(options =>
        {
            options.WarmUp = false;
            options.ModelPath = "model.onnx";
            options.SealedModelPath = fault == "two models" ? "model.oml" : null;
            options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem, Name = fault == "name" ? "" : "publisher" });
            if (fault == "two names")
            {
                options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem, Name = "other" });
            }

            if (fault == "scope")
            {
                options.RequiredScopes.Add("");
            }
        });
        using IHost host = builder.Build();

        await FluentActions.Awaiting(() => host.StartAsync(Cancellation)).Should().ThrowAsync<OptionsValidationException>().WithMessage(message);
    }

    [Fact]
    public void An_empty_setting_is_no_setting()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, Pem());

        new TrustedIssuerOptions { PublicKeyPem = "", PublicKeyFile = path }.Validate(null!).Should().BeEmpty();
        new TrustedIssuerOptions { PublicKeyPem = "junk", PublicKeyFile = "" }.Validate(null!).Single().ErrorMessage.Should().StartWith("PublicKeyPem");
        File.Delete(path);
    }

    [Fact]
    public async Task A_model_that_could_not_be_built_is_built_when_what_was_missing_is_there()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string pem = Pem();
        ServiceCollection services = new();
        services.AddOml(options =>
        {
            options.ModelPath = path;
            options.TrustedIssuers.Add(new TrustedIssuerOptions { PublicKeyPem = pem });
        }).ConfigureModel((_, model) => model.UseBackend((_, _, _) => new(new ManagedBackend())));
        await using ServiceProvider provider = services.BuildServiceProvider();
        FluentActions.Invoking(() => provider.GetRequiredService<OmlModel>()).Should().Throw<ModelLoadException>();

        await File.WriteAllTextAsync(path, "a model", Cancellation);

        provider.GetRequiredService<OmlModel>().IsOpen.Should().BeTrue();
        File.Delete(path);
    }

    private static string Pem()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        return issuer.PublicKey.ExportSubjectPublicKeyInfoPem();
    }
}
