namespace Oml.Sdk.DependencyInjection;

/// <summary>That a model of a name was registered.</summary>
internal sealed record OmlRegistration(string Name);
