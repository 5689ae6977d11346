using System.Globalization;
using System.Text;

namespace Modular.Contacts.Fields;

/// <summary>Reads what people write into a cell as a field's value. Pure: the same text gives the same value everywhere, whatever the machine's language.</summary>
internal static class FieldParser
{
    /// <summary>Characters of one text, at most.</summary>
    public const int MaxTextChars = 4_000;

    /// <summary>Values of one multiple choice, at most.</summary>
    public const int MaxChosen = 100;

    private static readonly string[] DateForms = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "dd.MM.yyyy", "d.M.yyyy", "yyyyMMdd"];
    private static readonly string[] InstantForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFF zzz", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd",
    ];

    /// <param name="value">Null when <paramref name="text"/> is empty: an empty cell says nothing.</param>
    /// <param name="reason">For the person who wrote it, without what was written.</param>
    public static bool TryParse(FieldDefinition field, string text, out object? value, out string reason)
    {
        var typed = text.Trim();
        value = null;
        reason = "";
        if (typed.Length == 0) return true;
        switch (field.Type)
        {
            case FieldType.Text: return TryText(typed, out value, out reason);
            case FieldType.Number: return TryNumber(typed, out value, out reason);
            case FieldType.Boolean: return TryBoolean(typed, out value, out reason);
            case FieldType.Date: return TryDate(typed, out value, out reason);
            case FieldType.DateTime: return TryInstant(typed, out value, out reason);
            case FieldType.Choice: return TryChoice(field.Choices, typed, out value, out reason);
            default: return TryChoices(field.Choices, typed, out value, out reason);
        }
    }

    private static bool TryText(string typed, out object? value, out string reason)
    {
        value = null;
        reason = "";
        if (typed.Length > MaxTextChars) return Refuse(out reason, $"The text is longer than {MaxTextChars} characters.");
        foreach (var c in typed)
        {
            if (char.IsControl(c) && c is not ('\t' or '\n' or '\r')) return Refuse(out reason, $"The text holds the control character U+{(int)c:X4}.");
        }
        value = typed.IsNormalized(NormalizationForm.FormC) ? typed : typed.Normalize(NormalizationForm.FormC);
        return true;
    }

    /// <summary>A comma is read as a decimal point where it cannot be anything else: one comma, no point, not three digits behind it.</summary>
    private static bool TryNumber(string typed, out object? value, out string reason)
    {
        value = null;
        reason = "";
        var comma = typed.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0 && typed.Length - comma != 4 && typed.LastIndexOf(',') == comma && !typed.Contains('.', StringComparison.Ordinal)) typed = typed.Replace(',', '.');
        if (!decimal.TryParse(typed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return Refuse(out reason, "This is no number: write it like 1234.5, without separators for thousands.");
        value = Normal(number);
        return true;
    }

    /// <summary>Equal numbers are equal in all their digits: 1.50 becomes 1.5.</summary>
    public static decimal Normal(decimal number) => number / 1.000000000000000000000000000000000m;

    private static bool TryBoolean(string typed, out object? value, out string reason)
    {
        reason = "";
        value = typed.ToLowerInvariant() switch
        {
            "true" or "yes" or "y" or "1" or "on" or "t" => true,
            "false" or "no" or "n" or "0" or "off" or "f" => false,
            _ => null,
        };
        return value is not null || Refuse(out reason, "This is neither yes nor no: write true or false, yes or no, 1 or 0.");
    }

    private static bool TryDate(string typed, out object? value, out string reason)
    {
        reason = "";
        value = DateOnly.TryParseExact(typed, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        return value is not null || Refuse(out reason, "This is no date: write it like 2026-01-31.");
    }

    private static bool TryInstant(string typed, out object? value, out string reason)
    {
        reason = "";
        value = DateTimeOffset.TryParseExact(typed, InstantForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new DateTimeOffset(at.UtcTicks / 10 * 10, TimeSpan.Zero)   // PostgreSQL and profiles keep microseconds
            : null;
        return value is not null || Refuse(out reason, "This is no date and time: write it like 2026-01-31T18:30:00+01:00; without an offset it is UTC.");
    }

    private static bool TryChoice(IReadOnlyList<string> choices, string typed, out object? value, out string reason)
    {
        reason = "";
        value = Find(choices, typed);
        return value is not null || Refuse(out reason, $"This is none of the choices: {Some(choices)}.");
    }

    /// <summary>Parted by semicolons, bars or commas, or a list of quoted words as providers export it.</summary>
    private static bool TryChoices(IReadOnlyList<string> choices, string typed, out object? value, out string reason)
    {
        var separator = typed.Contains(';', StringComparison.Ordinal) ? ';' : typed.Contains('|', StringComparison.Ordinal) ? '|' : ',';
        return TryWords(choices, typed.Split(separator), out value, out reason);
    }

    /// <summary>Values of a multiple choice, one by one; without <paramref name="choices"/> any word will do. The order says nothing and is not kept.</summary>
    public static bool TryWords(IReadOnlyList<string> choices, IEnumerable<string> words, out object? value, out string reason)
    {
        reason = "";
        value = null;
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var part in words)
        {
            var word = part.Trim().Trim('"').Trim();
            if (word.Length == 0) continue;
            if (!TryText(word, out var clean, out reason)) return false;
            if (choices.Count > 0 && (clean = Find(choices, word)) is null) return Refuse(out reason, $"One of these is none of the choices: {Some(choices)}.");
            chosen.Add((string)clean!);   // TryText gave a text
            if (chosen.Count > MaxChosen) return Refuse(out reason, $"More than {MaxChosen} values are chosen.");
        }
        value = chosen.Count == 0 ? null : chosen.ToArray();
        return true;
    }

    private static string? Find(IReadOnlyList<string> choices, string typed)
    {
        foreach (var choice in choices)
        {
            if (string.Equals(choice, typed, StringComparison.OrdinalIgnoreCase)) return choice;
        }
        return null;
    }

    private static string Some(IReadOnlyList<string> choices) => string.Join(", ", choices.Take(10)) + (choices.Count > 10 ? ", …" : "");

    private static bool Refuse(out string reason, string why)
    {
        reason = why;
        return false;
    }
}
