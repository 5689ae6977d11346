using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

/// <summary>Real mail, field by field, as at least two other parsers agree on it. What they dispute is not compared.</summary>
public sealed class MimeCorpusTests(ITestOutputHelper output)
{
    /// <summary>Two Content-Type fields in one header: readers take the first here and the last elsewhere (mime4j-multi-bad).</summary>
    private const int StructuresOfNoRule = 1;

    /// <summary>A line of blanks for the empty line, and text behind it: others lose that text, we keep it (mime4j-basic-plain-with-bad-header-separator).</summary>
    private const int TextsOfNoRule = 1;

    [Theory]
    [InlineData("structure", StructuresOfNoRule)]
    [InlineData("subject", 0)]
    [InlineData("message_id", 0)]
    [InlineData("date", 0)]
    [InlineData("from", 0)]
    [InlineData("from_addresses", 0)]
    [InlineData("to", 0)]
    [InlineData("to_addresses", 0)]
    [InlineData("cc", 0)]
    public void A_field_of_real_mail_is_what_other_parsers_find(string field, int exceptions)
    {
        var (all, wrong) = (0, new List<string>());
        foreach (var (label, found) in Inspected().Where(m => Agreed(m.Label, field)))
        {
            all++;
            if (!JsonElement.DeepEquals(label.GetProperty(field), found.GetProperty(field)))
                wrong.Add($"{label.GetProperty("file")}: {label.GetProperty(field)} <> {found.GetProperty(field)}");
        }

        Report(field, all, wrong);
        Assert.InRange(wrong.Count, 0, exceptions);
    }

    [Theory]
    [InlineData("type", 0)]
    [InlineData("size", 0)]
    [InlineData("sha256", 0)]
    [InlineData("text_sha256", TextsOfNoRule)]
    [InlineData("filename", 0)]
    [InlineData("disposition", 0)]
    [InlineData("charset", 0)]
    [InlineData("content_id", 0)]
    public void A_leaf_of_real_mail_is_what_other_parsers_find(string field, int exceptions)
    {
        var (all, wrong) = (0, new List<string>());
        foreach (var (label, found) in Inspected().Where(m => Agreed(m.Label, "leaves") && SameStructure(m)))
        {
            var leaves = found.GetProperty("leaves").EnumerateArray().ToDictionary(leaf => leaf.GetProperty("path").GetString()!);
            foreach (var leaf in label.GetProperty("leaves").EnumerateArray().Where(leaf => leaf.TryGetProperty(field, out _)))
            {
                all++;
                var path = leaf.GetProperty("path").GetString()!;
                if (!leaves.TryGetValue(path, out var mine) || !JsonElement.DeepEquals(leaf.GetProperty(field), mine.GetProperty(field)))
                    wrong.Add($"{label.GetProperty("file")}:{path}: {leaf.GetProperty(field)}");
            }
        }

        Report(field, all, wrong);
        Assert.InRange(wrong.Count, 0, exceptions);
    }

    [Fact]
    public void Attached_files_of_real_mail_are_what_other_parsers_find()
    {
        var (all, wrong) = (0, new List<string>());
        foreach (var (label, found) in Inspected().Where(m => Agreed(m.Label, "leaves") && !m.Label.GetProperty("leaves").EnumerateArray().Any(leaf => leaf.TryGetProperty("disputed", out _))))
        {
            all++;
            if (!JsonElement.DeepEquals(label.GetProperty("attachments"), found.GetProperty("attachments")))
                wrong.Add($"{label.GetProperty("file")}: {label.GetProperty("attachments")} <> {found.GetProperty("attachments")}");
        }

        Report("attachments", all, wrong);
        Assert.Empty(wrong);
    }

    /// <summary>Whatever a file is, it can be read as mail; the slowest are printed, not asserted.</summary>
    [Fact]
    public void Every_file_of_every_corpus_can_be_inspected()
    {
        var files = Directory.EnumerateFiles(Corpus.Folder(""), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        MimeInspection.ToJson("", MimeMessage.Parse(File.ReadAllBytes(files[0]))); // so that the first file does not pay for the compiler
        var times = new List<(double Milliseconds, long Bytes, string File)>();
        foreach (var file in files)
        {
            var octets = File.ReadAllBytes(file);
            var begun = Stopwatch.GetTimestamp();

            var json = MimeInspection.ToJson(file, MimeMessage.Parse(octets));

            times.Add((Stopwatch.GetElapsedTime(begun).TotalMilliseconds, octets.Length, file));
            Assert.NotNull(JsonDocument.Parse(json));
        }

        foreach (var (milliseconds, bytes, file) in times.OrderDescending().Take(5))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:N1} ms, {bytes:N0} bytes: {file}"));
        Assert.NotEmpty(times);
    }

    private static IEnumerable<(JsonElement Label, JsonElement Found)> Inspected() =>
        Corpus.Read("mime").Select(m => (m.Label, JsonDocument.Parse(MimeInspection.ToJson("", MimeMessage.Parse(m.Octets))).RootElement));

    private static bool Agreed(JsonElement label, string field) => label.GetProperty("agreed").EnumerateArray().Any(agreed => agreed.GetString() == field);

    private static bool SameStructure((JsonElement Label, JsonElement Found) m) => JsonElement.DeepEquals(m.Label.GetProperty("structure"), m.Found.GetProperty("structure"));

    private void Report(string field, int all, List<string> wrong)
    {
        output.WriteLine($"{field}: {all - wrong.Count} of {all}");
        foreach (var line in wrong)
            output.WriteLine(line);
        Assert.NotEqual(0, all);
    }
}
