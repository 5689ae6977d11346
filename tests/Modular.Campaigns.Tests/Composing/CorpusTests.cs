using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Modular.Campaigns.Composing;
using Modular.Delivery;

namespace Modular.Campaigns.Tests.Composing;

/// <summary>Templates that people really send: their links are found exactly, and no other byte of them changes.</summary>
public sealed partial class CorpusTests
{
    private static string? Folder =>
        new[] { Environment.GetEnvironmentVariable("MODULAR_SHARED"), Path.Combine(Root(), "..", "shared") }
            .Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.Combine(f!, "corpora", "templates")).FirstOrDefault(Directory.Exists);

    [Fact]
    public void Real_newsletters_keep_every_byte_but_their_links()
    {
        Assert.SkipWhen(Folder is null, "no corpora/templates beside the repository");
        var sealer = Sealing.New();
        var checkedFiles = 0;
        foreach (var line in File.ReadLines(Path.Combine(Folder!, "labels.jsonl"))) // asked above
        {
            var label = JsonDocument.Parse(line).RootElement;
            var bytes = File.ReadAllBytes(Path.Combine(Folder!, label.GetProperty("file").GetString()!)); // every label names a file
            if (!label.GetProperty("encoding_ok").GetBoolean() || label.GetProperty("merge_tags").TryGetProperty("mustache", out _)) continue;
            Assert.Equal(label.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
            var html = Encoding.UTF8.GetString(bytes);
            var wanted = label.GetProperty("links").EnumerateArray().Select(l => l.GetString()!).Where(l => l.TrimStart().StartsWith("http", StringComparison.OrdinalIgnoreCase)).ToList(); // strings only

            var content = CompiledContent.Compile(new Content("x", html, "x"), TemplateFields.Any);
            if (content.Faults.Count > 0)
            {
                // Other senders' placeholders where a host should be; ours would be told so.
                Assert.All(content.Faults, f => Assert.Contains("no host", f.What, StringComparison.Ordinal));
                continue;
            }
            var message = (ComposedMessage.Message)Drafts.Compose(content, sealer, Drafts.Ann());

            var found = new Queue<string>(Hrefs(html).Where(IsWeb));
            Assert.True(wanted.Count == content.Links.Count, $"{label.GetProperty("file")}: {content.Links.Count} links found, {wanted.Count} labelled");
            var restored = TrackedUrl().Replace(PixelTag().Replace(Encoding.UTF8.GetString(message.Html.Span), ""), _ => found.Dequeue());
            Assert.True(html == restored, $"{label.GetProperty("file")} differs beyond its links");
            Assert.Empty(found);
            checkedFiles++;
        }
        Assert.True(checkedFiles >= 70, $"only {checkedFiles} templates were read");
    }

    [Fact]
    public void Two_parsers_of_HTML_see_the_same_links()
    {
        Assert.SkipWhen(Folder is null, "no corpora/templates beside the repository");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder!, "files"))) // asked above
        {
            var html = Encoding.UTF8.GetString(File.ReadAllBytes(file));
            if (html.Contains("{{", StringComparison.Ordinal)) continue;
            var ours = CompiledContent.Compile(new Content("x", html, "x"), TemplateFields.Any).Links.Count;
            var theirs = new HtmlParser().ParseDocument(html).QuerySelectorAll("a[href], area[href]").Count(a => IsWeb(a.GetAttribute("href")!)); // selected by it
            Assert.True(theirs == ours, $"{Path.GetFileName(file)}: {ours} links here, {theirs} there");
        }
    }

    private static bool IsWeb(string href) => WebUtility.HtmlDecode(href).TrimStart().StartsWith("http", StringComparison.OrdinalIgnoreCase);

    /// <summary>The raw values of hrefs outside of comments, by a pattern: a third opinion.</summary>
    private static IEnumerable<string> Hrefs(string html) =>
        Href().Matches(Hidden().Replace(html, m => new string(' ', m.Length))).Select(m => m.Groups["v"].Value);

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string path = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(path)!); // a source file lies in a folder
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Modular.sln"))) folder = folder.Parent;
        return folder?.FullName ?? "";
    }

    [GeneratedRegex(@"<!--.*?-->|<style.*?</style>|<script.*?</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();

    [GeneratedRegex("""<(?:a|area)\s(?:[^>"']|"[^"]*"|'[^']*')*?\bhref\s*=\s*(?:"(?<v>[^"]*)"|'(?<v>[^']*)'|(?<v>[^\s>"']+))""", RegexOptions.IgnoreCase)]
    private static partial Regex Href();

    [GeneratedRegex(@"http://127\.0\.0\.1:8080/c/([A-Za-z0-9_-]{44})")]
    private static partial Regex TrackedUrl();

    [GeneratedRegex(@"<img src=""http://127\.0\.0\.1:8080/o/[A-Za-z0-9_-]{44}\.gif""[^>]*>")]
    private static partial Regex PixelTag();
}
