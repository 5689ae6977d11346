using Modular.Contacts.Fields;

namespace Modular.Contacts.Importing;

/// <summary>What one column of a source means.</summary>
internal abstract record ColumnTarget
{
    private ColumnTarget() { }

    public sealed record Email : ColumnTarget;

    /// <param name="Slot">The field's place in <see cref="ColumnMapping.Fields"/>.</param>
    public sealed record ToField(int Slot) : ColumnTarget;

    /// <param name="IsTime">The column holds when they opted out: any value means that they did.</param>
    public sealed record OptOut(bool IsTime) : ColumnTarget;

    public sealed record LeftOut : ColumnTarget;
}

/// <summary>What each column of a source means; made once for an import.</summary>
/// <param name="Headers">What the columns are called; their positions when the file has no header.</param>
/// <param name="Fields">The fields that rows of this source can fill.</param>
internal sealed record ColumnMapping(IReadOnlyList<string> Headers, IReadOnlyList<ColumnTarget> Targets, IReadOnlyList<Field> Fields)
{
    public IEnumerable<string> LeftOut => Headers.Where((_, i) => Targets[i] is ColumnTarget.LeftOut);

    /// <param name="headers">As they stand in the source.</param>
    /// <param name="samples">The first rows behind the header, for finding the address where no header says it.</param>
    public static Result<ColumnMapping> Make(IReadOnlyList<string> headers, IReadOnlyList<string[]> samples, ImportSettings settings, FieldSet known)
    {
        var targets = new ColumnTarget[headers.Count];
        var fields = new List<Field>();
        if (Unmatched(settings, headers) is { } missing) return new ColumnUnknown(missing, headers);
        for (var i = 0; i < headers.Count; i++)
        {
            var (isAsked, word) = Asked(settings, headers[i], i);
            if (isAsked && !string.IsNullOrEmpty(word) && ByWord(word, known, fields) is null) return new FieldUnknown(word);
            targets[i] = (isAsked ? (string.IsNullOrEmpty(word) ? null : ByWord(word, known, fields)) : ByHeader(headers[i], known, fields, targets)) ?? new ColumnTarget.LeftOut();
        }
        if (!targets.Any(t => t is ColumnTarget.Email)) NameEmailColumn(targets, samples);
        return targets.Count(t => t is ColumnTarget.Email) switch
        {
            1 => new ColumnMapping(headers, targets, fields),
            0 => new NoEmailColumn(headers),
            _ => new SettingsRefused("More than one column is mapped to email."),
        };
    }

    /// <summary>Columns that nothing is known of and nothing was said about: what <see cref="ImportSettings.CreateFields"/> makes fields of.</summary>
    public static IEnumerable<string> Unknown(IReadOnlyList<string> headers, ImportSettings settings, FieldSet known)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (!Asked(settings, headers[i], i).IsAsked && HeaderWords.Meaning(headers[i]) is null && Find(headers[i], known) is null) yield return headers[i];
        }
    }

    private static string? Unmatched(ImportSettings settings, IReadOnlyList<string> headers) =>
        settings.Columns?.Keys.FirstOrDefault(key => !(int.TryParse(key, out var position) && position >= 1 && position <= headers.Count)
            && !headers.Any(h => string.Equals(h.Trim(), key.Trim(), StringComparison.OrdinalIgnoreCase)));

    private static (bool IsAsked, string? Word) Asked(ImportSettings settings, string header, int index)
    {
        foreach (var (key, word) in settings.Columns ?? new Dictionary<string, string?>())
        {
            if (string.Equals(key.Trim(), header.Trim(), StringComparison.OrdinalIgnoreCase) || key == (index + 1).ToString(null, null)) return (true, word);
        }
        return (false, null);
    }

    private static ColumnTarget? ByWord(string word, FieldSet known, List<Field> fields) => word switch
    {
        "email" => new ColumnTarget.Email(),
        "unsubscribed" => new ColumnTarget.OptOut(IsTime: false),
        _ => known.Find(word) is { } field ? ToSlot(field, fields) : null,
    };

    private static ColumnTarget? ByHeader(string header, FieldSet known, List<Field> fields, ColumnTarget?[] before)
    {
        var target = HeaderWords.Meaning(header) is { } meaning ? ByMeaning(meaning, known, fields) : null;
        target ??= Find(header, known) is { } field ? ToSlot(field, fields) : null;
        // The first column of a meaning wins: "E-mail Address" before "E-mail 2 Address".
        return target is not null && before.Contains(target) ? null : target;
    }

    private static ColumnTarget? ByMeaning(string meaning, FieldSet known, List<Field> fields) =>
        meaning == "unsubscribed_at" ? new ColumnTarget.OptOut(IsTime: true) : ByWord(meaning, known, fields);

    private static Field? Find(string header, FieldSet known)
    {
        var plain = HeaderWords.Plain(header);
        return plain.Length == 0 ? null : known.All.FirstOrDefault(f => HeaderWords.Plain(f.Name) == plain || HeaderWords.Plain(f.Definition.Label) == plain);
    }

    private static ColumnTarget.ToField ToSlot(Field field, List<Field> fields)
    {
        var slot = fields.IndexOf(field);
        if (slot >= 0) return new ColumnTarget.ToField(slot);
        fields.Add(field);
        return new ColumnTarget.ToField(fields.Count - 1);
    }

    /// <summary>No header says it: the first column without a meaning in which four of five samples are addresses is the one.</summary>
    private static void NameEmailColumn(ColumnTarget[] targets, IReadOnlyList<string[]> samples)
    {
        if (samples.Count == 0) return;
        for (var i = 0; i < targets.Length; i++)
        {
            var addresses = samples.Count(row => i < row.Length && EmailAddress.TryParse(row[i], out _, out _));
            if (targets[i] is ColumnTarget.LeftOut && addresses * 5 >= samples.Count * 4)
            {
                targets[i] = new ColumnTarget.Email();
                return;
            }
        }
    }
}
