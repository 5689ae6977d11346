using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Modular.Contacts.Importing;
using Modular.Contacts.Importing.Csv;

namespace Modular.Contacts.Tests.Importing;

/// <summary>Files that nobody of us wrote, with what three other readers agree on.</summary>
public sealed class CorpusTests
{
    private static readonly string? Folder = Find();
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Files() => Folder is null ? ["none"] : [.. File.ReadLines(Path.Combine(Folder, "labels.jsonl")).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_is_found_out_and_read_as_three_other_readers_read_it(string file)
    {
        Assert.SkipWhen(Folder is null, "The shared corpora are not here.");
        var label = Label(file);
        var ct = TestContext.Current.CancellationToken;
        await using var content = File.OpenRead(Path.Combine(Folder, file));
        var format = (await CsvSniffer.SniffAsync(content, ct)).Value;
        if (!HasOneColumn(label)) Assert.Equal(label.GetProperty("delimiter").GetString(), format.Delimiter.ToString());
        if (label.GetProperty("encoding").GetString() is not "mac_roman" and var encoding) Assert.Equal(Expected(encoding!), format.Encoding);
        if (!label.TryGetProperty("rows", out var rows) && !label.TryGetProperty("rows_sha256", out _)) return;

        using var reader = format.Open(content);
        var read = new List<string[]>();
        while (await reader.ReadAsync(ct))
        {
            Assert.Null(reader.Current.Fault);
            var fields = reader.Current.ToArray();
            if (fields.Any(f => f.Length > 0) || fields.Length > 1) read.Add(fields);
        }
        if (rows.ValueKind is JsonValueKind.Array) Assert.Equal(rows.EnumerateArray().Select(r => r.EnumerateArray().Select(f => f.GetString()!).ToArray()), read);
        else Assert.Equal(label.GetProperty("rows_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PythonJson(read)))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_providers_export_gives_its_contacts_without_any_mapping(string file)
    {
        Assert.SkipWhen(Folder is null, "The shared corpora are not here.");
        var label = Label(file);
        if (!label.TryGetProperty("contacts", out var contacts)) return;
        var ct = TestContext.Current.CancellationToken;
        var opened = await CsvRowSource.OpenAsync(() => File.OpenRead(Path.Combine(Folder, file)), new ImportSettings(), ct);
        await using var source = opened.Value;
        var mapping = ColumnMapping.Make(source.Headers, source.Samples, new ImportSettings(), Samples.NewTenant);
        var mapper = new RowMapper(mapping.Value);
        var (drafts, faulty, keys) = (new List<ContactDraft>(), 0, new HashSet<string>());
        var duplicates = 0;
        while (await source.ReadAsync(ct))
        {
            var (draft, fault) = mapper.Map(source.Current);
            if (fault is not null) faulty++;
            else if (keys.Add(draft!.Email.Key)) drafts.Add(draft);
            else duplicates++;
        }
        Assert.Equal(contacts.EnumerateArray().Select(c => EmailAddress.Parse(c.GetProperty("email").GetString()!)), drafts.Select(d => d.Email));
        Assert.Equal(label.GetProperty("duplicate_rows").GetInt32(), duplicates);
        foreach (var (contact, draft) in contacts.EnumerateArray().Zip(drafts))
        {
            foreach (var name in new[] { "first_name", "last_name" })
            {
                if (!contact.TryGetProperty(name, out var value)) continue;
                Assert.Equal(value.GetString(), draft.Values[mapping.Value.Fields.ToList().FindIndex(f => f.Name == name)]);
            }
            if (contact.TryGetProperty("status", out var status)) Assert.Equal(status.GetString() == "unsubscribed", draft.OptedOut);
        }
        Assert.True(faulty >= label.GetProperty("invalid_rows").GetInt32() - 1, $"{faulty} rows were refused");   // one of the hostile rows is valid but rare
    }

    private static bool HasOneColumn(JsonElement label) => label.TryGetProperty("columns", out var columns) && columns.GetArrayLength() == 1 && columns[0].GetInt32() == 1;

    private static CsvEncoding Expected(string name) => name switch
    {
        "utf-8-bom" => CsvEncoding.Utf8Bom,
        "utf-16le-bom" => CsvEncoding.Utf16LittleEndianBom,
        "cp1252" => CsvEncoding.Windows1252,
        _ => CsvEncoding.Utf8,
    };

    private static JsonElement Label(string file) =>
        JsonDocument.Parse(File.ReadLines(Path.Combine(Folder!, "labels.jsonl")).Single(l => l.Contains(JsonSerializer.Serialize(file), StringComparison.Ordinal))).RootElement;

    /// <summary>Python's <c>json.dumps(…, separators=(",", ":"), ensure_ascii=False)</c>.</summary>
    private static string PythonJson(List<string[]> rows) => JsonSerializer.Serialize(rows, Compact).Replace("\\u00A0", "\u00A0", StringComparison.Ordinal);

    private static string? Find()
    {
        var shared = Environment.GetEnvironmentVariable("MODULAR_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Modular.sln"))) shared = Path.Combine(folder.FullName, "..", "shared");
        }
        var csv = Path.Combine(shared ?? "", "corpora", "csv");
        return Directory.Exists(csv) ? csv : null;
    }
}
