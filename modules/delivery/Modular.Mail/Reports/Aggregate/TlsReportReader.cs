using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>Reads the JSON of a TLS report (RFC 8460 §4).</summary>
internal static class TlsReportReader
{
    private const int MostFailures = 1000;

    /// <exception cref="UnusableReportException">It is none, or says too little.</exception>
    public static TlsReport Read(Func<Stream> open, IReadOnlyList<string> container, ReportLimits limits)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadBytes(open, limits), new JsonDocumentOptions { MaxDepth = limits.Depth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(document.RootElement, container, limits);
        }
        catch (JsonException fault)
        {
            throw new UnusableReportException($"its JSON is damaged in line {fault.LineNumber + 1}");
        }
        catch (InvalidOperationException)   // half a surrogate pair, escaped
        {
            throw new UnusableReportException("its JSON holds text that is no Unicode");
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(Func<Stream> open, ReportLimits limits)
    {
        using var stream = open();
        var bytes = new ArrayBufferWriter<byte>();
        while (stream.Read(bytes.GetSpan(64 * 1024)) is > 0 and var read)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > limits.JsonBytes)
                throw new UnusableReportException($"its JSON is larger than {limits.JsonBytes / (1024 * 1024)} MB");
        }

        var text = bytes.WrittenSpan is [0xEF, 0xBB, 0xBF, ..] ? bytes.WrittenMemory[3..] : bytes.WrittenMemory;
        return Utf8.IsValid(text.Span) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span));   // a name in another character set costs its letters, not the figures
    }

    private static TlsReport Read(JsonElement root, IReadOnlyList<string> container, ReportLimits limits)
    {
        if (root.ValueKind is not JsonValueKind.Object || Find(root, "policies") is not { ValueKind: JsonValueKind.Array } policies)
            throw new UnusableReportException("its JSON is no TLS report: it has no policies");
        if (policies.GetArrayLength() > limits.Records)
            throw new UnusableReportException($"it has more than {limits.Records} policies");
        var range = Find(root, "date-range");
        var report = new TlsReport
        {
            OrganizationName = Text(root, "organization-name"),
            ReportId = Text(root, "report-id"),
            ContactInfo = Text(root, "contact-info"),
            StartsAt = range is { } from ? Text(from, "start-datetime") : null,
            EndsAt = range is { } to ? Text(to, "end-datetime") : null,
            Policies = [.. policies.EnumerateArray().Where(p => p.ValueKind is JsonValueKind.Object).Select(ReadPolicy)],
            Container = container,
        };
        if (report.ReportId is null && report.OrganizationName is null)
            throw new UnusableReportException("it says neither who reports nor which report it is");
        return report;
    }

    private static TlsPolicy ReadPolicy(JsonElement item)
    {
        var policy = Find(item, "policy") ?? item;
        var summary = Find(item, "summary") ?? item;
        var failures = Find(item, "failure-details") is { ValueKind: JsonValueKind.Array } details
            ? details.EnumerateArray().Where(d => d.ValueKind is JsonValueKind.Object).Take(MostFailures).Select(ReadFailure).ToList()
            : [];
        return new TlsPolicy(Text(policy, "policy-type"), Text(policy, "policy-domain"), Number(summary, "total-successful-session-count"), Number(summary, "total-failure-session-count"), failures);
    }

    private static TlsFailure ReadFailure(JsonElement item) =>
        new(Text(item, "result-type"), Number(item, "failed-session-count"), Text(item, "receiving-mx-hostname"), Text(item, "sending-mta-ip"), Text(item, "receiving-ip"), Text(item, "failure-reason-code") ?? Text(item, "failure-error-code"));

    /// <summary>Some write underscores for hyphens.</summary>
    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && (element.TryGetProperty(name, out var value) || element.TryGetProperty(name.Replace('-', '_'), out value)) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    private static long? Number(JsonElement element, string name) => Find(element, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };
}
