using System.Globalization;
using Modular.Contacts;

namespace Modular.Campaigns.Composing;

/// <summary>
/// The helpers that turn a value into words: <c>{{date birthday "d MMMM" culture="de"}}</c>, <c>{{number points "#,##0"}}</c>, <c>{{upper city}}</c>,
/// <c>{{lower city}}</c>, <c>{{url first_name}}</c>.
/// </summary>
/// <param name="Pattern">A .NET format; null for the helper's own.</param>
internal sealed record Formatting(string Helper, Expression Value, string? Pattern, CultureInfo Culture) : Expression
{
    public static readonly IReadOnlyList<string> Helpers = ["date", "number", "upper", "lower", "url"];

    public override object? Evaluate(Scope scope) => Value.Evaluate(scope) is { } value ? Format(value) : null;

    private string? Format(object value) => (Helper, value) switch
    {
        ("date", DateOnly day) => Format(day.ToDateTime(TimeOnly.MinValue)),
        ("date", DateTimeOffset at) => Format(at.DateTime),
        ("number", decimal number) => number.ToString(Pattern ?? "#,##0.############", Culture),
        ("upper", _) => Words(value).ToUpper(Culture),
        ("lower", _) => Words(value).ToLower(Culture),
        ("url", _) => Uri.EscapeDataString(Words(value)),
        _ => null, // a value of another type than the field's: as good as empty
    };

    /// <summary>Some calendars begin late and end early; outside of them a date cannot be said.</summary>
    private string? Format(DateTime at) =>
        at < Culture.Calendar.MinSupportedDateTime || at > Culture.Calendar.MaxSupportedDateTime ? null : at.ToString(Pattern ?? "D", Culture);

    /// <summary>What is wrong with the pattern, tried on a sample; null when nothing is.</summary>
    public string? Fault()
    {
        if (Pattern is null) return null;
        const int Longest = 64;
        if (Pattern.Length > Longest) return $"the format is longer than {Longest} characters.";
        try
        {
            _ = Helper == "date" ? new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Unspecified).ToString(Pattern, Culture) : 1234.5m.ToString(Pattern, Culture);
            return null;
        }
        catch (FormatException)
        {
            return $"'{Pattern}' is no format for a {Helper}, such as {(Helper == "date" ? "d MMMM yyyy" : "#,##0.00")}.";
        }
    }

    public static string? Refuse(string helper, FieldType? type) => (helper, type) switch
    {
        (_, null) => null,
        ("date", FieldType.Date or FieldType.DateTime) => null,
        ("date", _) => "'date' needs a field that holds a date.",
        ("number", FieldType.Number) => null,
        ("number", _) => "'number' needs a field that holds a number.",
        _ => null,
    };
}
