using System.Collections.Immutable;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Every model that was registered. Owns those that were built, also when nobody asked the container for them.</summary>
internal sealed class OmlModelHosts(IServiceProvider services, IEnumerable<OmlRegistration> registrations) : IAsyncDisposable, IDisposable
{
    /// <summary>The models in the order of registration.</summary>
    public ImmutableArray<OmlModelHost> All { get; } =
        [.. registrations.Select(registration => registration.Name).Distinct().Select(name => new OmlModelHost(services, name))];

    public OmlModelHost this[string name] => All.First(host => host.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach (OmlModelHost host in All)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
