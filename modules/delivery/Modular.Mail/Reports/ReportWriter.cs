using System.Buffers;
using System.Text;
using Modular.Mail.Mime;
using Modular.Mail.Text;

namespace Modular.Mail.Reports;

/// <summary>The header of a report that we send.</summary>
public sealed record ReportHeader
{
    /// <summary>Such as mailer-daemon at the reporting host.</summary>
    public required MailboxAddress From { get; init; }

    /// <summary>For a bounce, the envelope sender of the mail it is about.</summary>
    public required MailboxAddress To { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>The boundary is derived from it.</summary>
    public required MessageId MessageId { get; init; }
}

/// <summary>
/// Composes reports as multipart/report (RFC 6522 §3): words for people, fields for programs, and the mail they are about.
/// All is 7-bit; the same values give the same octets. Send them with the null reverse-path (RFC 5321 §4.5.5).
/// </summary>
public static class ReportWriter
{
    /// <summary>Writes a delivery status notification (RFC 3464 §2), with Auto-Submitted so that nobody answers it (RFC 3834 §3.1.7).</summary>
    /// <param name="original">The mail it is about, whole or its header fields alone.</param>
    /// <param name="isWhole">Returns all of the mail where it can be carried, and not its header fields alone (RFC 3461 §4.3).</param>
    /// <exception cref="ArgumentException">The report names no recipient, or one without an action or status.</exception>
    public static void Write(ReportHeader header, DeliveryReport report, ReadOnlySpan<byte> original, IBufferWriter<byte> output, bool isWhole = false)
    {
        if (report.Recipients.Count is 0 || report.Recipients.Any(r => r.Action is null || r.Status == default || r.FinalRecipient.IsEmpty))
            throw new ArgumentException("A delivery report names at least one recipient, each with its action and status.", nameof(report));
        var cursor = new ByteCursor(output);
        Span<byte> boundary = stackalloc byte[Boundary.Octets];
        Boundary.Derive(header.MessageId, boundary);
        var subject = report.Recipients.Any(r => r.Action is DeliveryAction.Failed) ? "Undelivered mail returned to sender"
            : report.Recipients.Any(r => r.Action is DeliveryAction.Delayed) ? "Delayed mail: still being tried" : "Mail delivered";
        WriteHeader(header, subject, "delivery-status", boundary, ref cursor);
        WriteWords(DeliveryReportText.Words(report), boundary, ref cursor);
        StartPart(boundary, "message/delivery-status", ref cursor);
        cursor.Write("\r\n"u8);
        DeliveryReportText.WriteFields(report, ref cursor);
        WriteOriginal(original, isWhole, boundary, ref cursor);
        End(boundary, ref cursor);
    }

    /// <summary>Writes a feedback report (RFC 5965 §2).</summary>
    /// <param name="original">The reported mail, whole or its header fields alone.</param>
    /// <exception cref="ArgumentException">The report has no user agent.</exception>
    public static void Write(ReportHeader header, FeedbackReport report, ReadOnlySpan<byte> original, IBufferWriter<byte> output)
    {
        if (report.UserAgent.IsEmpty)
            throw new ArgumentException("A feedback report names the software that wrote it.", nameof(report));
        var cursor = new ByteCursor(output);
        Span<byte> boundary = stackalloc byte[Boundary.Octets];
        Boundary.Derive(header.MessageId, boundary);
        WriteHeader(header, $"Feedback report: {FeedbackReportText.TypeWord(report.Type)}", "feedback-report", boundary, ref cursor);
        WriteWords(FeedbackReportText.Words(report), boundary, ref cursor);
        StartPart(boundary, "message/feedback-report", ref cursor);
        cursor.Write("\r\n"u8);
        FeedbackReportText.WriteFields(report, ref cursor);
        WriteOriginal(original, isWhole: true, boundary, ref cursor);
        End(boundary, ref cursor);
    }

    private static void WriteHeader(ReportHeader header, string subject, string type, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        HeaderFolding.Begin(ref cursor, "From"u8);
        HeaderFolding.Mailbox(ref cursor, header.From, isFirst: true);
        cursor.EndLine();
        HeaderFolding.Begin(ref cursor, "To"u8);
        HeaderFolding.Mailbox(ref cursor, header.To, isFirst: true);
        cursor.EndLine();
        Line(ref cursor, "Subject", subject);
        Line(ref cursor, "Date", MailDate.Format(header.Date));
        Line(ref cursor, "Message-ID", header.MessageId.ToString());
        Line(ref cursor, "Auto-Submitted", "auto-replied");
        Line(ref cursor, "MIME-Version", "1.0");
        Line(ref cursor, "Content-Type", $"multipart/report; report-type={type};\r\n boundary=\"{Encoding.ASCII.GetString(boundary)}\"");
        cursor.EndLine();
    }

    private static void WriteWords(string words, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        StartPart(boundary, "text/plain; charset=utf-8", ref cursor);
        cursor.Write("Content-Transfer-Encoding: quoted-printable\r\n\r\n"u8);
        QuotedPrintable.Encode(Encoding.UTF8.GetBytes(words), ref cursor);
    }

    /// <summary>message/rfc822 can be neither encoded (RFC 2046 §5.2.1) nor safe with long or 8-bit lines: then the header fields must do.</summary>
    private static void WriteOriginal(scoped ReadOnlySpan<byte> original, bool isWhole, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        if (isWhole && IsMailable(original, boundary) && original.IndexOf("\r\n\r\n"u8) >= 0)
            WriteOriginal(original, "message/rfc822", boundary, ref cursor);
        else
            WriteOriginal(FieldsOf(original), "text/rfc822-headers", boundary, ref cursor);
    }

    private static void WriteOriginal(scoped ReadOnlySpan<byte> original, string type, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        StartPart(boundary, type, ref cursor);
        if (IsMailable(original, boundary))
        {
            cursor.Write("\r\n"u8);
            cursor.Write(original);
            return;
        }

        cursor.Write("Content-Transfer-Encoding: quoted-printable\r\n\r\n"u8);
        QuotedPrintable.Encode(original, ref cursor);
    }

    private static void StartPart(scoped ReadOnlySpan<byte> boundary, string type, ref ByteCursor cursor)
    {
        // The line end in front belongs to the delimiter (RFC 2046 §5.1.1).
        cursor.Write("\r\n--"u8);
        cursor.Write(boundary);
        cursor.EndLine();
        Line(ref cursor, "Content-Type", type);
    }

    private static void End(scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        cursor.Write("\r\n--"u8);
        cursor.Write(boundary);
        cursor.Write("--\r\n"u8);
        cursor.Flush();
    }

    /// <summary>One field of a report's own; what is not ASCII is shown as a question mark, and a word too long for a line is cut.</summary>
    internal static void Line(ref ByteCursor cursor, ReadOnlySpan<char> name, string value)
    {
        cursor.WriteAscii(name);
        HeaderFolding.Begin(ref cursor, default);
        if (value.Contains("\r\n", StringComparison.Ordinal))
            cursor.WriteAscii(value); // folded by us
        else
            HeaderFolding.Words(ref cursor, Printable(value), isFirst: true);
        cursor.EndLine();
    }

    private static string Printable(string value) =>
        string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new string([.. word.Take(HeaderFolding.MostWordChars).Select(c => c is > ' ' and <= '~' ? c : '?')])));

    private static ReadOnlySpan<byte> FieldsOf(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf("\r\n\r\n"u8);
        return end < 0 ? message : message[..(end + 2)];
    }

    private static bool IsMailable(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> boundary)
    {
        const int MostLineOctets = 998; // RFC 5322 §2.1.1
        if (!Ascii.IsValid(octets) || octets.Contains((byte)0) || octets.IndexOf(boundary) >= 0)
            return false;
        foreach (var line in octets.Split("\r\n"u8))
        {
            var (start, length) = line.GetOffsetAndLength(octets.Length);
            if (length > MostLineOctets || octets.Slice(start, length).IndexOfAny((byte)'\r', (byte)'\n') >= 0)
                return false;
        }

        return true;
    }
}
