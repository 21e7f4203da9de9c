namespace Oml.Sdk.Fingerprints.Text;

/// <summary>What <see cref="SynthIdProcessor"/> did to the choice of one token.</summary>
/// <param name="Marked">
/// False if the scores were left as they were: too few tokens so far, a context that came before, or scores that are no distribution.
/// </param>
/// <param name="Entropy">
/// The entropy of the choice before it was marked, in bits; 0 if it was not marked. What can be found of a mark grows with it: texts whose
/// tokens have hardly any cannot be told from unmarked ones.
/// </param>
public readonly record struct SynthIdOutcome(bool Marked, double Entropy);
