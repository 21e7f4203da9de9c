using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>A line in which two statements differ.</summary>
/// <param name="Permission">The permission.</param>
/// <param name="Model">The model.</param>
/// <param name="Ours">Our line; null if we have none.</param>
/// <param name="Theirs">Their line; null if they have none.</param>
public sealed record UsageStatementDifference(
    PermissionKey Permission, ModelId Model, UsageStatementLine? Ours, UsageStatementLine? Theirs);
