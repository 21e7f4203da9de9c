using Microsoft.Extensions.Logging;

namespace Oml.Sdk.Metering;

/// <summary>Opens a usage ledger when a model is built.</summary>
/// <param name="timeProvider">The model's clock.</param>
/// <param name="loggerFactory">Where the ledger logs.</param>
/// <param name="cancellationToken">Stops the opening.</param>
/// <returns>The ledger; the caller owns it.</returns>
/// <exception cref="UsageLedgerException">The ledger cannot be opened.</exception>
public delegate ValueTask<IUsageLedger> UsageLedgerFactory(
    TimeProvider timeProvider, ILoggerFactory loggerFactory, CancellationToken cancellationToken);
