using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>What was used under one permission with one model in the period of a statement.</summary>
/// <param name="Permission">The permission.</param>
/// <param name="Model">The model.</param>
/// <param name="Units">The units of its receipts.</param>
/// <param name="Receipts">How many receipts there are.</param>
/// <param name="PaidUnits">The units that preimages of its permit chain prove to be paid in the period; null where none was shown.</param>
public sealed record UsageStatementLine(PermissionKey Permission, ModelId Model, long Units, long Receipts, long? PaidUnits);
