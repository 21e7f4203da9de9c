using System.Collections.Immutable;
using Oml.Sdk.Inference;

namespace Oml.Sdk;

/// <summary>A model that is ready to run.</summary>
/// <param name="Backend">What runs it.</param>
/// <param name="MarkedOutputs">The places of the outputs that are fingerprinted.</param>
internal sealed record LoadedModel(IInferenceBackend Backend, ImmutableArray<int> MarkedOutputs);
