using System.Net;
using System.Net.Sockets;
using System.Text;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Tests.Permissions.Revocation;

public sealed class StatusListSourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_fetched_over_http_and_what_is_wrong_is_said()
    {
        using HttpClient client = new();
        HttpStatusListSource source = new(client);
        (string request, ReadOnlyMemory<byte> token) = await ServeAsync(source, "200 OK", [1, 2, 3]);
        request.Should().StartWith("GET /status/1 HTTP/1.1").And.Contain("Accept: application/statuslist+cwt");
        token.ToArray().Should().Equal(1, 2, 3);

        await FluentActions.Awaiting(() => ServeAsync(source, "404 Not Found", [])).Should().ThrowAsync<HttpRequestException>();
        foreach (string uri in new[] { "http://publisher.example/1", "file:///etc/passwd", "urn:status:1", "/1" })
        {
            (await FluentActions.Awaiting(() => source.FetchAsync(uri, Cancellation).AsTask()).Should().ThrowAsync<HttpRequestException>())
                .WithMessage("*https*");
        }
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_cut_off()
    {
        using HttpClient client = new();
        (await FluentActions.Awaiting(() => ServeAsync(new HttpStatusListSource(client), "200 OK", new byte[StatusListReader.MaxTokenBytes + 1]))
            .Should().ThrowAsync<HttpRequestException>()).WithMessage("*longer*");
    }

    [Fact]
    public async Task A_list_is_read_from_a_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, [4, 5], Cancellation);
            FileStatusListSource source = new(uri => uri == "known" ? path : null);

            (await source.FetchAsync("known", Cancellation)).ToArray().Should().Equal(4, 5);
            await FluentActions.Awaiting(() => source.FetchAsync("other", Cancellation).AsTask()).Should().ThrowAsync<FileNotFoundException>();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_file_that_does_not_end_is_cut_off_whatever_it_says_of_its_length()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It needs a file that says that it is empty and never ends.");
        FileStatusListSource source = new(_ => "/dev/zero");

        (await FluentActions.Awaiting(() => source.FetchAsync("u", Cancellation).AsTask()).Should().ThrowAsync<IOException>()).WithMessage("*longer*");
    }

    // One answer on the loopback interface, and the request that it was to.
    private static async Task<(string Request, ReadOnlyMemory<byte> Token)> ServeAsync(IStatusListSource source, string status, byte[] body)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<ReadOnlyMemory<byte>> fetching = source.FetchAsync(
            $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/status/1", Cancellation).AsTask();
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        await using NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[8192];
        int read = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, read).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            read += await stream.ReadAsync(buffer.AsMemory(read), Cancellation);
        }

        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n"), Cancellation);
            await stream.WriteAsync(body, Cancellation);
            client.Close();
        }
        catch (IOException)
        {
            // The other side had enough.
        }

        return (Encoding.ASCII.GetString(buffer, 0, read), await fetching);
    }
}
