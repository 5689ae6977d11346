namespace Modular.Mail.Mime;

/// <summary>A file to be sent: attached, or shown where the HTML names it.</summary>
public sealed record Attachment
{
    /// <summary>What the receiver is offered to save it as; empty leaves it to them.</summary>
    public required HeaderText FileName { get; init; }

    /// <summary>Such as <c>ContentType.Create("application/pdf")</c>.</summary>
    public required ContentType ContentType { get; init; }

    /// <summary>Not to be changed before it is written.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>What <c>cid:</c> links in HTML name it by (RFC 2392 §2); null when nothing does.</summary>
    public MessageId? ContentId { get; init; }

    /// <summary>True shows it in place, false offers it as a file (RFC 2183 §2.1, RFC 2183 §2.2).</summary>
    public bool IsInline { get; init; }
}
