using System.Globalization;
using System.Text;

namespace Oml.Sdk.Permissions;

/// <summary>Makes text of a token fit for a message: short, on one line, without characters that a terminal obeys.</summary>
internal static class DenialText
{
    private const int MaxQuoted = 64;
    private const int MaxMessage = 512;

    public static PermissionVerification Deny(DenialReason reason, string message)
    {
        if (message.Length > MaxMessage)
        {
            int end = char.IsHighSurrogate(message[MaxMessage - 2]) ? MaxMessage - 2 : MaxMessage - 1;
            message = $"{message.AsSpan(0, end)}…";
        }

        return PermissionVerification.Denied(reason, message);
    }

    /// <summary>The text in quotation marks; at most 64 characters of it.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("'");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (quoted.Length >= MaxQuoted)
            {
                quoted.Append('…');
                break;
            }

            quoted.Append((IsHarmless(rune) ? rune : Rune.ReplacementChar).ToString());
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>A time as <c>2026-01-31 12:00:00Z</c>.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

    /// <summary>A duration in its largest unit, cut down: <c>3 days</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        (long count, string unit) = duration switch
        {
            { TotalDays: >= 2 } => ((long)duration.TotalDays, "days"),
            { TotalHours: >= 2 } => ((long)duration.TotalHours, "hours"),
            { TotalMinutes: >= 2 } => ((long)duration.TotalMinutes, "minutes"),
            _ => ((long)duration.TotalSeconds, "seconds"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
