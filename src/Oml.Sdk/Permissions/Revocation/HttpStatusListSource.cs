using System.Net.Http.Headers;

namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Fetches status lists over HTTPS, from where their uris say (draft-ietf-oauth-status-list §8.1).</summary>
/// <param name="client">The client, whose timeout and proxy hold; the caller keeps owning it. Plain HTTP is used on this machine only.</param>
public sealed class HttpStatusListSource(HttpClient client) : IStatusListSource
{
    private readonly HttpClient _client = client ?? throw new ArgumentNullException(nameof(client));

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The uri is no web address, or the server cannot be reached, refuses, or sends too much.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? address)
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            throw new HttpRequestException($"The status list {DenialText.Quote(uri)} is not at an https address.");
        }

        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/statuslist+cwt"));
        using HttpResponseMessage response =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            return await StatusListStream.ReadAsync(body, cancellationToken).ConfigureAwait(false)
                ?? throw new HttpRequestException($"The status list {DenialText.Quote(uri)} is longer than {StatusListReader.MaxTokenBytes} bytes.");
        }
    }
}
