namespace Oml.Sdk.Sealing;

/// <summary>Where in a model a baked fingerprint is.</summary>
public enum BakedPlacement
{
    /// <summary>In the values of a bias that the model had: it costs nothing at run time, and one copy alone does not show it.</summary>
    Bias = 0,

    /// <summary>In a node that was added: one addition an element, and whoever reads the graph sees it and can take it out.</summary>
    AddedNode = 1,
}
