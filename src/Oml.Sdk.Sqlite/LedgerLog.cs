using Microsoft.Extensions.Logging;

namespace Oml.Sdk.Sqlite;

/// <summary>Every line that this package logs. Event ids are stable.</summary>
internal static partial class LedgerLog
{
    [LoggerMessage(140, LogLevel.Warning,
        "There was no usage ledger at '{Path}', and a new one was made. Unless this is its first use, the file was lost or moved, and " +
        "permissions that were used can be used again.")]
    public static partial void Made(ILogger logger, string path);

    [LoggerMessage(141, LogLevel.Information, "The usage ledger '{Path}' was brought from version {From} to {To}.")]
    public static partial void Migrated(ILogger logger, string path, long from, int to);
}
