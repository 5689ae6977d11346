using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modular.Contacts.Importing;

/// <summary>
/// What the one who imports may say about a file: in the request, in <c>FILE.json</c> beside a dropped file, or for all dropped files in <c>import.json</c>.
/// Everything left out is found out from the file.
/// </summary>
internal sealed record ImportSettings
{
    /// <summary>Header or 1-based position → field name, <c>email</c>, <c>unsubscribed</c>; null or an empty word leaves the column out.</summary>
    public IReadOnlyDictionary<string, string?>? Columns { get; init; }

    /// <summary>Whether columns that match no field become new personal text fields.</summary>
    public bool CreateFields { get; init; }

    /// <summary>Name of the list that the contacts join; made when it does not exist.</summary>
    public string? List { get; init; }

    /// <summary>One of <c>, ; | tab</c>.</summary>
    public string? Delimiter { get; init; }

    /// <summary>As in <c>utf-8</c>, <c>windows-1252</c>, <c>utf-16</c>.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether the first record names the columns; found out when absent.</summary>
    public bool? HasHeader { get; init; }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        MaxDepth = 8,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static Result<ImportSettings> FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ImportSettings>(json, Json) is { } settings ? settings.Checked() : new SettingsRefused("They are empty.");
        }
        catch (JsonException e)
        {
            return new SettingsRefused(e.Message);
        }
    }

    private Result<ImportSettings> Checked()
    {
        if (Delimiter is not null && DelimiterChar is null) return new SettingsRefused($"'{Delimiter}' is no delimiter: take , ; | or tab.");
        if (Encoding is not null && Csv.CsvEncodings.FromName(Encoding) is null) return new SettingsRefused($"'{Encoding}' is no encoding known here: take utf-8, utf-16 or windows-1252.");
        if (List is { Length: > Lists.ListBook.MaxNameChars }) return new SettingsRefused("The list's name is too long.");
        return this;
    }

    [JsonIgnore]
    public char? DelimiterChar => Delimiter switch
    {
        "," or ";" or "|" => Delimiter[0],
        "\t" or "tab" => '\t',
        _ => null,
    };
}
