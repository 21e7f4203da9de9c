// A web service that classifies digits under permissions: usage in a SQLite file, receipts in a log that anybody can check.
//   dotnet run --project samples/ClassifierService              serves on http://localhost:5000
//   dotnet run --project samples/ClassifierService -- --check   starts it, is its own first client, and stops
using ClassifierService;
using Oml.Sdk;
using Oml.Sdk.DependencyInjection;

bool isCheck = args.Contains("--check");
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = [.. args.Where(argument => argument != "--check")],
    ContentRootPath = AppContext.BaseDirectory,
});
DirectoryInfo data = Directory.CreateDirectory(
    isCheck ? Directory.CreateTempSubdirectory("oml-service-").FullName : Path.GetFullPath(builder.Configuration["Data"] ?? "data"));
builder.WebHost.UseUrls(builder.Configuration["Urls"] ?? (isCheck ? "http://127.0.0.1:0" : "http://localhost:5000"));

// The publisher's public key comes from the publisher, and the host's key from where this service keeps its secrets. So that the sample
// runs by itself, it makes both.
builder.Services.AddSingleton(ServiceKeys.LoadOrCreate(data.FullName));
builder.Services.AddOml(builder.Configuration.GetSection("Oml"))
    .UseOnnxRuntime()
    .UseSqliteLedger(Path.Combine(data.FullName, "usage.db"))
    .UseReceipts(Path.Combine(data.FullName, "receipts"), services => services.GetRequiredService<ServiceKeys>().Host)
    .ConfigureModel((services, model) => model.TrustIssuer(services.GetRequiredService<ServiceKeys>().Publisher.PublicKey));
builder.Services.Configure<OmlOptions>(options => options.ModelPath = Path.Combine(AppContext.BaseDirectory, options.ModelPath ?? "digits.onnx"));
builder.Services.AddHealthChecks().AddOmlHealthCheck("ready");

WebApplication app = builder.Build();
app.MapHealthChecks("/ready");
app.MapPost("/classify", Classify.HandleAsync);
if (!isCheck)
{
    await app.RunAsync();
    return 0;
}

await app.StartAsync();
bool isGood = await FirstClient.RunAsync(app, data.FullName);
await app.StopAsync();
await app.DisposeAsync();
data.Delete(recursive: true);
return isGood ? 0 : 1;
