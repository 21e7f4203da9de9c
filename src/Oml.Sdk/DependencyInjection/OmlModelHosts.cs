using System.Collections.Immutable;

namespace Oml.Sdk.DependencyInjection;

/// <summary>Every model that was registered.</summary>
internal sealed class OmlModelHosts(IServiceProvider services, IEnumerable<OmlRegistration> registrations)
{
    /// <summary>The models in the order of registration.</summary>
    public ImmutableArray<OmlModelHost> All { get; } =
        [.. registrations.Select(registration => registration.Name).Distinct().Select(name => new OmlModelHost(services, name))];

    public OmlModelHost this[string name] => All.First(host => host.Name == name);
}
