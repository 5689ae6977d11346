using System.Text;

namespace Modular.Fuzz;

/// <summary>What the noise starts from: real mail where the shared corpora lie beside the checkout, and one report of our own always.</summary>
internal static class Seeds
{
    private const int MaxFiles = 2_000;
    private const int MaxBytes = 64 * 1024;

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

    public static IReadOnlyList<byte[]> Load()
    {
        var seeds = new List<byte[]> { Encoding.UTF8.GetBytes(Own.ReplaceLineEndings("\r\n")) };
        var shared = Environment.GetEnvironmentVariable("MODULAR_SHARED") is { Length: > 0 } named ? named : Path.Combine(Root(), "..", "shared");
        foreach (var folder in new[] { "bounces", "arf", "mime" }.Select(name => Path.Combine(shared, "corpora", name, "files")).Where(Directory.Exists))
        {
            seeds.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MaxFiles).Where(file => new FileInfo(file).Length is > 0 and < MaxBytes).Select(File.ReadAllBytes));
        }
        return seeds;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Modular.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
