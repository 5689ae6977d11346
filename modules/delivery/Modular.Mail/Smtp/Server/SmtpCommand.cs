using System.Text;

namespace Modular.Mail.Smtp.Server;

internal enum SmtpVerb
{
    Unknown,
    Ehlo,
    Helo,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Expn,
    Help,
    StartTls,
    Auth,
    Quit,

    /// <summary>A verb of HTTP: a browser was tricked into posting to a mail server.</summary>
    Http,
}

/// <summary>A command line in two parts (RFC 5321 §4.1.1); of MAIL and RCPT, <c>FROM:</c> and <c>TO:</c> are left in the argument.</summary>
internal readonly ref struct SmtpCommand(SmtpVerb verb, ReadOnlySpan<byte> argument)
{
    public SmtpVerb Verb { get; } = verb;

    /// <summary>Without blanks around it.</summary>
    public ReadOnlySpan<byte> Argument { get; } = argument;

    public static SmtpCommand Parse(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)' ');
        var word = end < 0 ? line : line[..end];
        return new SmtpCommand(Recognise(word), end < 0 ? [] : line[end..].Trim((byte)' '));
    }

    private static SmtpVerb Recognise(ReadOnlySpan<byte> word) => word.Length switch
    {
        3 when Is(word, "GET"u8) || Is(word, "PUT"u8) => SmtpVerb.Http,
        4 when Is(word, "MAIL"u8) => SmtpVerb.Mail,
        4 when Is(word, "RCPT"u8) => SmtpVerb.Rcpt,
        4 when Is(word, "DATA"u8) => SmtpVerb.Data,
        4 when Is(word, "BDAT"u8) => SmtpVerb.Bdat,
        4 when Is(word, "AUTH"u8) => SmtpVerb.Auth,
        4 when Is(word, "EHLO"u8) => SmtpVerb.Ehlo,
        4 when Is(word, "HELO"u8) => SmtpVerb.Helo,
        4 when Is(word, "RSET"u8) => SmtpVerb.Rset,
        4 when Is(word, "NOOP"u8) => SmtpVerb.Noop,
        4 when Is(word, "QUIT"u8) => SmtpVerb.Quit,
        4 when Is(word, "VRFY"u8) => SmtpVerb.Vrfy,
        4 when Is(word, "EXPN"u8) => SmtpVerb.Expn,
        4 when Is(word, "HELP"u8) => SmtpVerb.Help,
        4 when Is(word, "POST"u8) || Is(word, "HEAD"u8) => SmtpVerb.Http,
        7 when Is(word, "CONNECT"u8) || Is(word, "OPTIONS"u8) => SmtpVerb.Http,
        8 when Is(word, "STARTTLS"u8) => SmtpVerb.StartTls,
        _ => SmtpVerb.Unknown,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> verb) => Ascii.EqualsIgnoreCase(word, verb);
}
