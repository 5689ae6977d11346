using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <summary>A trail as a file, streamed: CSV (RFC 4180) for a person's spreadsheet, JSON lines for a program. Exporting is a deed on record.</summary>
internal sealed class AuditExport(TenantDb db, TrailReader reader, IAudit audit, TimeProvider time)
{
    private const int RowsPerFlush = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Head = ["id", "at", "actor", "door", "address", "action", "subject", "detail", "outcome", "before", "after", "hash"];

    /// <summary>Writes the answer.</summary>
    /// <param name="format"><c>csv</c> or <c>jsonl</c>.</param>
    public async Task WriteAsync(HttpContext http, TrailSearch search, string format, CancellationToken ct)
    {
        var caller = http.Caller;
        await using (var tx = await db.BeginAsync(caller.Tenant, ct))
        {
            await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "audit.exported", "audit", format), ct);
            await tx.CommitAsync(ct);
        }
        var isCsv = format == "csv";
        http.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"audit-{caller.TenantSlug}-{time.GetUtcNow():yyyyMMdd-HHmmss}.{format}\"");
        http.Response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: isCsv), bufferSize: 16 * 1024, leaveOpen: true);
        if (isCsv) await writer.WriteAsync(string.Join(',', Head) + "\r\n");
        var rows = 0;
        await foreach (var deed in reader.AllAsync(new Trail(caller.Tenant), search, ct))
        {
            await writer.WriteAsync((isCsv ? CsvLine(deed) : JsonSerializer.Serialize(deed, Json) + "\n").AsMemory(), ct);
            if (++rows % RowsPerFlush == 0) await writer.FlushAsync(ct);
        }
        await writer.FlushAsync(ct);
    }

    internal static string CsvLine(AuditedDeed d) => string.Join(',', new[]
    {
        d.Id.ToString(CultureInfo.InvariantCulture), d.At.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), d.Actor, d.Door, d.Address, d.Action, d.Subject, d.Detail, d.Outcome, d.Before, d.After, d.Hash,
    }.Select(Cell)) + "\r\n";

    /// <summary>Quoted always; a quote in front keeps a spreadsheet from taking text for a formula.</summary>
    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' ? "'" + text : text;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
