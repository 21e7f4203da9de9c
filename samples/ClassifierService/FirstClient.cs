using System.Buffers.Text;
using System.Net;
using Oml.Sdk;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Permissions;

namespace ClassifierService;

/// <summary>A client in the service's own process, for <c>--check</c>.</summary>
internal static class FirstClient
{
    public static async Task<bool> RunAsync(WebApplication app, string data)
    {
        ServiceKeys keys = app.Services.GetRequiredService<ServiceKeys>();
        OmlModel model = app.Services.GetRequiredService<OmlModel>();
        byte[] permission = keys.Publisher.Issue(new PermissionRequest
        {
            Licensee = "alice@example.com",
            Model = model.Id,
            Audience = "classifier.example",
            Lifetime = TimeSpan.FromHours(1),
            Quota = 2,
            Use = PermissionUse.Resumable,
        });
        using HttpClient client = new() { BaseAddress = new Uri(app.Urls.First()) };
        bool isGood = await ExpectAsync("is it ready", await client.GetAsync("/ready"), HttpStatusCode.OK);
        isGood &= await ExpectAsync("without a permission", await client.PostAsJsonAsync("/classify", Digit()), HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", Base64Url.EncodeToString(permission));
        for (int call = 1; call <= 3; call++)
        {
            isGood &= await ExpectAsync(
                $"call {call} of a quota of 2", await client.PostAsJsonAsync("/classify", Digit()), call <= 2 ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        }

        // What was used has receipts, which anybody can check with the host's public key.
        ReceiptLogReport report = await ReceiptLogChecker.CheckAsync(Path.Combine(data, "receipts"), keys.Host.PublicKey);
        Console.WriteLine($"receipts: {report}");
        return isGood && report is { IsIntact: true, Receipts: 2 };
    }

    // A vertical stroke: a one.
    private static float[] Digit() => [.. Enumerable.Range(0, 28 * 28).Select(i => i % 28 is 13 or 14 && i / 28 is > 4 and < 23 ? 1f : 0f)];

    private static async Task<bool> ExpectAsync(string what, HttpResponseMessage response, HttpStatusCode expected)
    {
        Console.WriteLine($"{what}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return response.StatusCode == expected;
    }
}
