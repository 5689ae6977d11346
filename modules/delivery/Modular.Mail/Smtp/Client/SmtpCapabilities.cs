namespace Modular.Mail.Smtp.Client;

/// <summary>What the server offers, as its reply to EHLO says (RFC 5321 §4.1.1.1).</summary>
public sealed record SmtpCapabilities
{
    public static SmtpCapabilities None { get; } = new();

    /// <summary>The server's own name.</summary>
    public string Name { get; init; } = "";

    public bool Pipelining { get; init; }

    public bool EightBitMime { get; init; }

    public bool SmtpUtf8 { get; init; }

    public bool StartTls { get; init; }

    public bool EnhancedStatusCodes { get; init; }

    public bool Dsn { get; init; }

    public bool Chunking { get; init; }

    /// <summary>Null when SIZE is not offered; 0 when it is without a limit (RFC 1870 §4).</summary>
    public long? MaxMessageBytes { get; init; }

    /// <summary>The mechanisms of AUTH (RFC 4954 §3).</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    public static SmtpCapabilities Parse(SmtpReply ehlo)
    {
        var lines = ehlo.Text.Split('\n');
        var found = new SmtpCapabilities { Name = lines[0].Split(' ')[0] };
        foreach (var line in lines.Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 0)
                continue;
            found = words[0].ToUpperInvariant() switch
            {
                "PIPELINING" => found with { Pipelining = true },
                "8BITMIME" => found with { EightBitMime = true },
                "SMTPUTF8" => found with { SmtpUtf8 = true },
                "STARTTLS" => found with { StartTls = true },
                "ENHANCEDSTATUSCODES" => found with { EnhancedStatusCodes = true },
                "DSN" => found with { Dsn = true },
                "CHUNKING" => found with { Chunking = true },
                "SIZE" => found with { MaxMessageBytes = words.Length > 1 && long.TryParse(words[1], out var max) ? max : 0 },
                "AUTH" => found with { Mechanisms = words[1..] },
                _ => found,
            };
        }

        return found;
    }
}
