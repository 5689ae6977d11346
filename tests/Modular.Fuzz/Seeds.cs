using System.Runtime.CompilerServices;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Fuzz;

/// <summary>What the noise starts from: files of the shared corpora where they lie beside the checkout, and some of our own always.</summary>
internal static class Seeds
{
    private const int MaxFiles = 2_000;
    private const int MaxBytes = 64 * 1024;

    /// <summary>A report with everything that a mail can have, for machines without the corpora.</summary>
    private const string Own = """
        From: Mail Delivery System <MAILER-DAEMON@mx.example>
        To: bounces@sender.example
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1
        Content-Type: text/plain; charset=utf-8

        Your message could not be delivered.
        --b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; ann@example.com
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 no such user
        --b1
        Content-Type: text/rfc822-headers

        Subject: =?utf-8?B?R3LDvMOfZQ==?=
        --b1--
        """;

    /// <summary>Mail of those categories, and one report of our own.</summary>
    public static IReadOnlyList<byte[]> Mail(params string[] categories) => [Encoding.UTF8.GetBytes(Own.ReplaceLineEndings("\r\n")), .. categories.SelectMany(Files)];

    /// <summary>Texts of our own.</summary>
    public static IReadOnlyList<byte[]> Texts(params string[] own) => [.. own.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The files of a category, in order; none where the corpora are absent. Large ones are left out.</summary>
    public static IEnumerable<byte[]> Files(string category)
    {
        var shared = Environment.GetEnvironmentVariable("MODULAR_SHARED") is { Length: > 0 } named ? named : Path.Combine(Here(), "..", "..", "..", "shared");
        var folder = Path.Combine(shared, "corpora", category, "files");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MaxFiles).Where(file => new FileInfo(file).Length is > 0 and < MaxBytes).Select(File.ReadAllBytes)
            : [];
    }

    /// <summary>Those texts, and the values of those header fields in the mail of the corpora.</summary>
    public static IReadOnlyList<byte[]> Values(IEnumerable<string> own, params string[] fields) =>
    [
        .. own.Select(Encoding.UTF8.GetBytes),
        .. Files("mime").SelectMany(FieldsOf).Where(field => fields.Any(name => field.Is(name))).Select(field => Encoding.UTF8.GetBytes(field.Value)).Where(value => value.Length > 0),
    ];

    private static IEnumerable<HeaderField> FieldsOf(byte[] file) => MimeMessage.Parse(file).Body.Descend().SelectMany(part => part.Headers);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
