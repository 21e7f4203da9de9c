using Microsoft.Extensions.Logging;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Telemetry;

/// <summary>Every line that the core logs. Event ids are stable.</summary>
internal static partial class OmlLog
{
    [LoggerMessage(1, LogLevel.Information, "Model {Model} is ready on {ExecutionProvider}: {Inputs} → {Outputs}.")]
    public static partial void ModelReady(ILogger logger, ModelId model, string executionProvider, string inputs, string outputs);

    [LoggerMessage(2, LogLevel.Warning,
        "Usage of model {Model} is kept in memory: permissions can be used again after a restart. Choose a durable ledger with UseLedger.")]
    public static partial void LedgerInMemory(ILogger logger, ModelId model);

    [LoggerMessage(3, LogLevel.Information, "Permission {Nonce} of issuer {Issuer} opened a session until {ExpiresAt:O}; quota {Quota}.")]
    public static partial void SessionOpened(
        ILogger logger, PermissionNonce nonce, string issuer, DateTimeOffset expiresAt, long? quota);

    [LoggerMessage(4, LogLevel.Warning, "A use of model {Model} was refused ({Reason}): {Explanation}")]
    public static partial void Refused(ILogger logger, ModelId model, DenialReason reason, string explanation);

    [LoggerMessage(5, LogLevel.Error,
        "The session of permission {Nonce} could not give {Units} unspent units back to the usage ledger; they stay spent.")]
    public static partial void UnitsNotReturned(ILogger logger, Exception error, PermissionNonce nonce, long units);

    [LoggerMessage(6, LogLevel.Warning,
        "{Rows} rows of output '{Output}' were delivered without a fingerprint: they hold NaN or an infinity, or are constant.")]
    public static partial void RowsUnmarked(ILogger logger, int rows, string output);

    [LoggerMessage(7, LogLevel.Information, "Model {Model} warmed up in {Milliseconds:F1} ms.")]
    public static partial void WarmedUp(ILogger logger, ModelId model, double milliseconds);

    [LoggerMessage(8, LogLevel.Warning, "Model {Model} is loaded but did not run on zeros to warm up; the first call may be slow.")]
    public static partial void WarmUpFailed(ILogger logger, Exception error, ModelId model);

    [LoggerMessage(9, LogLevel.Information,
        "Sealed model {Model} found at '{Path}': {Name}, version {Version}, signed by a trusted publisher. The first permission opens it.")]
    public static partial void SealedModelFound(ILogger logger, ModelId model, string path, string name, string version);

    [LoggerMessage(10, LogLevel.Warning,
        "The receipt log '{Folder}' was not closed properly: {Receipts} receipts are whole; cut off {ReceiptBytes} bytes of an unfinished " +
        "receipt, {CheckpointBytes} of a checkpoint and {HashBytes} of hashes, which were written anew.")]
    public static partial void ReceiptLogRecovered(
        ILogger logger, string folder, long receipts, long receiptBytes, long checkpointBytes, long hashBytes);

    [LoggerMessage(11, LogLevel.Error, "Receipts of use could not be written; the model refuses to be used until it is built again.")]
    public static partial void ReceiptsNotWritten(ILogger logger, Exception error);

    [LoggerMessage(12, LogLevel.Warning,
        "The usage ledger knows the receipts up to {LedgerTime}, but there is a receipt of {ReceiptTime}. It was accepted all the same, as the options say: " +
        "units that were used in between can be used again.")]
    public static partial void OlderLedgerAccepted(ILogger logger, DateTimeOffset ledgerTime, DateTimeOffset receiptTime);

    [LoggerMessage(13, LogLevel.Warning, "Receipts of use could not be written yet, as the usage ledger cannot be reached; it is tried again.")]
    public static partial void ReceiptsDelayed(ILogger logger, Exception error);

    [LoggerMessage(14, LogLevel.Information,
        "The {Bytes} bytes of decrypted weights of '{Model}' could not be kept from being swapped to the disk: let the process lock as much memory " +
        "(on Linux ulimit -l, LimitMEMLOCK of systemd, or CAP_IPC_LOCK), or run without swap or with an encrypted one.")]
    public static partial void WeightsMayBeSwapped(ILogger logger, string model, long bytes);

    [LoggerMessage(15, LogLevel.Warning,
        "The decrypted weights of '{Model}' could not be left out of core dumps: switch dumps of the process off (on Linux ulimit -c 0).")]
    public static partial void WeightsMayBeDumped(ILogger logger, string model);

    [LoggerMessage(16, LogLevel.Error,
        "The usage ledger has become older than the receipts that are written beside it; the model refuses to be used until it is built again.")]
    public static partial void OlderLedgerFound(ILogger logger, Exception error);

    [LoggerMessage(21, LogLevel.Information, "Issuer {Issuer} has {Count} keys from now on: {Keys}.")]
    public static partial void IssuerKeysLoaded(ILogger logger, string issuer, int count, string keys);

    [LoggerMessage(22, LogLevel.Warning, "A key of issuer {Issuer} was passed over. {Reason}")]
    public static partial void IssuerKeyIgnored(ILogger logger, string issuer, string reason);

    [LoggerMessage(23, LogLevel.Warning, "The keys of issuer {Issuer} could not be loaded; its {Count} keys until now stay trusted.")]
    public static partial void IssuerKeysNotLoaded(ILogger logger, Exception error, string issuer, int count);

    [LoggerMessage(24, LogLevel.Error,
        "The keys of issuer {Issuer} could not be loaded for more than {MaxAge}; its permissions are refused until they can.")]
    public static partial void IssuerKeysTooOld(ILogger logger, string issuer, TimeSpan maxAge);

    [LoggerMessage(25, LogLevel.Warning,
        "Permission {Nonce} of issuer {Issuer} expired at {ExpiresAt:O} and is good until {EndsAt:O} for its grace only: renew it.")]
    public static partial void OpenedInGrace(
        ILogger logger, PermissionNonce nonce, string issuer, DateTimeOffset expiresAt, DateTimeOffset endsAt);

    [LoggerMessage(26, LogLevel.Warning,
        "Permission {Nonce} of issuer {Issuer}, whose session is open, is {Reason} from now on (None: it holds again).")]
    public static partial void StandingChanged(ILogger logger, PermissionNonce nonce, string issuer, DenialReason reason);

    [LoggerMessage(27, LogLevel.Error, "Whether permission {Nonce} still holds could not be found out; its session is refused until it can.")]
    public static partial void NotRechecked(ILogger logger, Exception error, PermissionNonce nonce);
}
