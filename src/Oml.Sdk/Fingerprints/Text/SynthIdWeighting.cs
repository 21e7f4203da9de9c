namespace Oml.Sdk.Fingerprints.Text;

/// <summary>How much each layer of a tournament counts in detection.</summary>
public enum SynthIdWeighting
{
    /// <summary>Falling evenly from 10 for the first layer to 1 for the last: the earlier layers had more entropy to choose from. The default.</summary>
    Falling = 0,

    /// <summary>All alike: the plain mean of the g-values.</summary>
    Even = 1,
}
