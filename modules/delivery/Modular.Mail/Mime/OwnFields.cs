using System.Collections.Frozen;

namespace Modular.Mail.Mime;

/// <summary>Fields that are written from a message's own values, each once (RFC 5322 §3.6), and so cannot be given as further ones.</summary>
internal static class OwnFields
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Content-Disposition", "DKIM-Signature", "Return-Path", "Received",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">The field is one of these.</exception>
    public static void Refuse(HeaderLine header)
    {
        if (Names.Contains(header.Name))
            throw new ArgumentException($"{header.Name} is written from the message's own values.");
    }

    /// <exception cref="ArgumentException">One of the fields is one of these, or is there twice.</exception>
    public static void Refuse(IReadOnlyList<HeaderLine> headers)
    {
        foreach (var header in headers)
            Refuse(header);
        if (headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Skip(1).Any()) is { } twice)
            throw new ArgumentException($"{twice.Key} is given twice.");
    }
}
