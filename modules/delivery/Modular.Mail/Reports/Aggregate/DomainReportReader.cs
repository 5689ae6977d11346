using System.Buffers.Binary;
using System.IO.Compression;
using Modular.Mail.Mime;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>
/// Finds DMARC aggregate reports (RFC 9990 §3.5, RFC 7489 §7.2.1) and TLS reports (RFC 8460 §5) in whatever they come in: gzip, zip or raw, inside one another,
/// as attachment, as body, or as a file alone. What it is is seen from its first bytes: names and types are often wrong. It never fails.
/// </summary>
public static class DomainReportReader
{
    private const int HeadBytes = 4096;

    /// <summary>Null when the message holds no report and does not claim to.</summary>
    public static DomainReports? Read(MimeMessage message, ReportLimits? limits = null)
    {
        var found = new Findings(limits ?? ReportLimits.Default);
        var claim = Claim(message);
        foreach (var part in message.Body.Leaves())
        {
            var body = part.DecodeBody();
            if (MayBeReport(body.Span))
                found.Read(body, [$"mime {part.ContentType.MediaType}"]);
        }

        if (found.IsEmpty && claim is null)
            return null;
        return found.ToReports(claim ?? DomainReportKind.Dmarc, "it claims to be a report and holds none");
    }

    /// <summary>A file alone: archive, XML or JSON.</summary>
    public static DomainReports ReadFile(ReadOnlyMemory<byte> octets, ReportLimits? limits = null)
    {
        var found = new Findings(limits ?? ReportLimits.Default);
        found.Read(octets, []);
        return found.ToReports(DomainReportKind.Dmarc, "it is neither an archive nor XML nor JSON");
    }

    /// <summary>True for what begins as an archive, a report's XML or a report's JSON does, and no mail.</summary>
    public static bool MayBeReport(ReadOnlySpan<byte> octets) =>
        IsGzip(octets) || IsZip(octets) || IsUtf16(octets)
        || (Trim(octets) is [(byte)'<', ..] && ContainsWord(octets, "feedback"u8))
        || (Trim(octets) is [(byte)'{', ..] && (ContainsWord(octets, "policies"u8) || ContainsWord(octets, "report-id"u8) || ContainsWord(octets, "organization-name"u8)));

    /// <summary>What the message says it is: by type (RFC 8460 §5.3) or subject (RFC 9990 §3.5.1).</summary>
    private static DomainReportKind? Claim(MimeMessage message)
    {
        if (message.Body.ContentType["report-type"]?.Equals("tlsrpt", StringComparison.OrdinalIgnoreCase) is true || message.Headers.Find("TLS-Report-Domain") is not null)
            return DomainReportKind.Tls;
        return message.Subject is { } subject && subject.Contains("Report Domain:", StringComparison.OrdinalIgnoreCase) && subject.Contains("Submitter:", StringComparison.OrdinalIgnoreCase)
            ? DomainReportKind.Dmarc
            : null;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> octets) => octets.TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8);

    private static bool ContainsWord(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> word) => octets[..Math.Min(octets.Length, HeadBytes)].IndexOf(word) >= 0;

    private static bool IsGzip(ReadOnlySpan<byte> octets) => octets is [0x1F, 0x8B, 8, ..];

    private static bool IsZip(ReadOnlySpan<byte> octets) => octets is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..];

    private static bool IsUtf16(ReadOnlySpan<byte> octets) => octets is [0xFF, 0xFE, (byte)'<', 0, ..] or [0xFE, 0xFF, 0, (byte)'<', ..];

    /// <summary>One mail's or file's reading.</summary>
    private sealed class Findings(ReportLimits limits)
    {
        private readonly ReportBudget budget = new();
        private readonly List<DmarcReport> dmarc = [];
        private readonly List<TlsReport> tls = [];
        private DomainReportKind? seen;
        private string? refusal;

        public bool IsEmpty => dmarc.Count + tls.Count is 0;

        public void Read(ReadOnlyMemory<byte> octets, IReadOnlyList<string> container)
        {
            try
            {
                if (octets.Length > limits.CompressedBytes)
                    throw new UnusableReportException($"it is larger than {limits.CompressedBytes / (1024 * 1024)} MB");
                Open(() => new MemoryStream(octets.ToArray(), writable: false), octets, container, 0);
            }
            catch (UnusableReportException fault)
            {
                refusal ??= fault.Message;
            }
            catch (InvalidDataException fault)
            {
                refusal ??= $"its archive is damaged ({fault.Message.TrimEnd('.')})";
            }
        }

        public DomainReports ToReports(DomainReportKind kind, string otherwise) => new(seen ?? kind, dmarc, tls, IsEmpty ? refusal ?? otherwise : null);

        /// <param name="packed">The bytes that <paramref name="open"/> gives, when they are at hand.</param>
        private void Open(Func<Stream> open, ReadOnlyMemory<byte>? packed, IReadOnlyList<string> container, int nesting)
        {
            var head = Head(open);
            if (IsGzip(head) || IsZip(head))
            {
                if (nesting >= limits.Nesting)
                    throw new UnusableReportException($"its archives stand in one another more than {limits.Nesting} deep");
                var octets = packed ?? ReadAll(open);
                if (IsGzip(head))
                    OpenGzip(octets, container, nesting);
                else
                    OpenZip(octets, container, nesting);
            }
            else if (Trim(head) is [(byte)'<', ..] || IsUtf16(head))
            {
                seen = DomainReportKind.Dmarc;
                dmarc.Add(DmarcReportReader.Read(open, container, limits));
            }
            else if (Trim(head) is [(byte)'{', ..])
            {
                seen = DomainReportKind.Tls;
                tls.Add(TlsReportReader.Read(open, container, limits));
            }
            else
            {
                throw new UnusableReportException(head.Length is 0 ? "it is empty" : "it is neither an archive nor XML nor JSON");
            }
        }

        private void OpenGzip(ReadOnlyMemory<byte> octets, IReadOnlyList<string> container, int nesting)
        {
            var bytes = octets.ToArray();
            // Bytes behind the last member are no gzip; some mail systems leave a line end there.
            Stream Unpacked() => new BoundedStream(new GZipStream(new MemoryStream(bytes, writable: false), CompressionMode.Decompress), bytes.Length, limits, budget);
            Open(Unpacked, null, [.. container, IsWhole(bytes) ? "gzip" : "gzip-broken"], nesting + 1);
        }

        /// <summary>The last member's length field (RFC 1952 §2.3.1) stands at the very end, and is no line end.</summary>
        private static bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.Length > 18 && !bytes.EndsWith("\r\n"u8);

        private void OpenZip(ReadOnlyMemory<byte> octets, IReadOnlyList<string> container, int nesting)
        {
            RefuseManyEntries(octets.Span);
            using var archive = new ZipArchive(new MemoryStream(octets.ToArray(), writable: false), ZipArchiveMode.Read);
            foreach (var entry in archive.Entries.Where(e => e.Length > 0 && !e.FullName.EndsWith('/') && !e.FullName.StartsWith("__MACOSX", StringComparison.Ordinal)))
            {
                try
                {
                    Open(() => new BoundedStream(entry.Open(), Math.Max(1, entry.CompressedLength), limits, budget), null, [.. container, "zip"], nesting + 1);
                }
                catch (UnusableReportException fault) when (archive.Entries.Count > 1 && budget.Bytes < limits.Bytes)
                {
                    // A letter that lies beside the report spoils nothing.
                    refusal ??= fault.Message;
                }
            }
        }

        /// <summary>Seen before the directory is read: a million entries cost memory even when nobody opens them.</summary>
        private void RefuseManyEntries(ReadOnlySpan<byte> octets)
        {
            const int TrailerBytes = 22, EntriesAt = 10;
            var trailer = octets.LastIndexOf("PK\u0005\u0006"u8);
            if (trailer >= 0 && trailer + TrailerBytes <= octets.Length && BinaryPrimitives.ReadUInt16LittleEndian(octets[(trailer + EntriesAt)..]) > limits.Entries)
                throw new UnusableReportException($"its archive has more than {limits.Entries} entries");
        }

        private static byte[] Head(Func<Stream> open)
        {
            using var stream = open();
            var head = new byte[HeadBytes];
            return head[..stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }

        private byte[] ReadAll(Func<Stream> open)
        {
            using var stream = open();
            using var all = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (stream.Read(buffer) is > 0 and var read)
            {
                all.Write(buffer, 0, read);
                if (all.Length > limits.CompressedBytes)
                    throw new UnusableReportException($"an archive inside it is larger than {limits.CompressedBytes / (1024 * 1024)} MB");
            }

            return all.ToArray();
        }
    }
}
