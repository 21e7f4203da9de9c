using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Sqlite;

/// <summary>Says what SQLite's result codes mean for a ledger (sqlite.org/rescode.html).</summary>
internal static class LedgerErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    // An extended code: the index of the log could not be made larger, which is how a full disk shows when a ledger is opened.
    private const int IndexCannotGrow = 4874;

    private const string NotWritable = "cannot be written: file and folder must be writable for this user.";
    private const string NoRoom = "cannot grow: the disk is full. Nothing was booked; make room.";

    /// <summary>The error for a file that SQLite could open for reading only, which it does without a word.</summary>
    public static UsageLedgerException ReadOnlyFile(string path) => new($"The usage ledger '{path}' {NotWritable}");

    public static UsageLedgerException Of(SqliteException error, string path) => new(
        $"The usage ledger '{path}' " + error.SqliteErrorCode switch
        {
            _ when error.SqliteExtendedErrorCode == IndexCannotGrow => NoRoom,
            Busy or Locked => "is locked by another process for longer than the busy timeout. Try again, or raise BusyTimeout.",
            ReadOnly => NotWritable,
            Corrupt or NotADatabase => "is damaged or no SQLite file. It was left as it is: restore a backup, or start a new file and settle what was sold under the old one.",
            Full => NoRoom,
            CannotOpen => "cannot be opened: its folder must exist and be writable for this user.",
            _ => $"failed with SQLite code {error.SqliteErrorCode} ({error.SqliteExtendedErrorCode}): {error.Message}",
        },
        error);
}
