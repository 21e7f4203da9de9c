namespace Oml.Sdk.Metering;

/// <summary>What a ledger granted.</summary>
/// <param name="Granted">Units that the caller may use now.</param>
/// <param name="Remaining">Units that nobody has reserved yet.</param>
public readonly record struct UnitReservation(long Granted, long Remaining);
