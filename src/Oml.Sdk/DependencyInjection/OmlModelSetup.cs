using Oml.Sdk.Sealing;

namespace Oml.Sdk.DependencyInjection;

/// <summary>What code adds to a registered model's builder, in order.</summary>
internal sealed class OmlModelSetup
{
    public Func<IServiceProvider, IContentKeyProvider>? ContentKeys { get; set; }

    public List<Action<IServiceProvider, OmlModelBuilder>> Steps { get; } = [];
}
