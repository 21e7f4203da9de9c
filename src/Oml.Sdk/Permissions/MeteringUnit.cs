namespace Oml.Sdk.Permissions;

/// <summary>What one unit of a quota is.</summary>
public enum MeteringUnit
{
    /// <summary>One inference, whatever its batch size.</summary>
    Call = 1,

    /// <summary>One row of a batch: an inference costs the first dimension of the model's first input, at least 1.</summary>
    Row = 2,
}
