namespace Modular.Mail.Mime;

/// <summary>How much of a stranger's mail is looked into. What lies beyond a bound stays in the raw octets and sets <see cref="MimeMessage.IsTruncated"/>.</summary>
public sealed record MimeLimits
{
    public static MimeLimits Default { get; } = new();

    /// <summary>Multiparts and attached messages inside one another.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>Attached messages inside one another.</summary>
    public int MessageDepth { get; init; } = 10;

    /// <summary>Parts of all kinds in one message, itself included.</summary>
    public int Parts { get; init; } = 1000;

    /// <summary>Octets of one part's header fields. A field that goes beyond is left out, those behind it are not. The gateway takes far fewer; stored mail has had more.</summary>
    public int HeaderBytes { get; init; } = 256 * 1024;

    /// <summary>Fields of one part.</summary>
    public int Fields { get; init; } = 1000;

    /// <summary>Octets of a message in which delimiters are looked for; what lies beyond is the rest of the part that is open there.</summary>
    public int TotalBytes { get; init; } = 256 * 1024 * 1024;
}
