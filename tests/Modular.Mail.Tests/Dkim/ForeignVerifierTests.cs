using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

/// <summary>What OpenDKIM and dkimpy say of our signatures. MODULAR_DKIM_MESSAGES sets how many messages, of every shape, they are shown.</summary>
public sealed class ForeignVerifierTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly int Messages = int.TryParse(Environment.GetEnvironmentVariable("MODULAR_DKIM_MESSAGES"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 60;

    [Fact]
    public async Task Others_take_our_signatures_and_refuse_what_was_changed()
    {
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python}.");
        Assert.SkipUnless(DkimKey.WhyNoEd25519 is null, DkimKey.WhyNoEd25519 ?? "");
        var folder = Directory.CreateTempSubdirectory("modular-dkim-");
        Write(folder.FullName);
        var (output, error) = await RunAsync(folder.FullName);
        if (!error.StartsWith("missing:", StringComparison.Ordinal))
        {
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length == Messages + 4, error);
            Assert.All(lines.Where(line => line.StartsWith("good", StringComparison.Ordinal)), line => Assert.EndsWith(" opendkim=pass dkimpy=pass,pass", line, StringComparison.Ordinal));
            Assert.All(lines.Where(line => line.StartsWith("bad", StringComparison.Ordinal)), line => Assert.DoesNotContain("=pass", line, StringComparison.Ordinal));
        }

        folder.Delete(recursive: true);     // after a failure the messages are still there to be looked at
        Assert.SkipWhen(error.StartsWith("missing:", StringComparison.Ordinal), error.Trim());
    }

    private static void Write(string folder)
    {
        DkimKey rsa = DkimKey.Generate(), ed25519 = DkimKey.Generate(DkimSignatureAlgorithm.Ed25519Sha256);
        File.WriteAllText(Path.Combine(folder, "keys"), $"r1._domainkey.acme.example\t{rsa.DnsText}\ne1._domainkey.acme.example\t{ed25519.DnsText}\n");
        var signers = new List<DkimSigner>();
        foreach (var header in Enum.GetValues<DkimCanonicalization>())
        {
            foreach (var body in Enum.GetValues<DkimCanonicalization>())
                signers.Add(new DkimSigner([new("acme.example", "r1", rsa.PrivateKeyPem), new("acme.example", "e1", ed25519.PrivateKeyPem)], new DkimOptions { Header = header, Body = body }));
        }

        for (var i = 0; i < Messages + 4; i++)
        {
            var shapes = new MessageShapes(i);
            var (header, body) = (shapes.Header(), shapes.Body());
            var output = new ArrayBufferWriter<byte>();
            signers[i % 4].Sign(header, body, DateTimeOffset.UnixEpoch.AddYears(56), output);
            byte[] changed = i < Messages ? body : [.. "Changed: "u8, .. body];
            byte[] message = [.. output.WrittenSpan, .. header, .. "\r\n"u8, .. changed];
            File.WriteAllBytes(Path.Combine(folder, $"{(i < Messages ? "good" : "bad")}-{i:0000}.eml"), message);
        }

        signers.ForEach(signer => signer.Dispose());
    }

    private static async Task<(string Output, string Error)> RunAsync(string folder, [CallerFilePath] string here = "")
    {
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { Path.Combine(Path.GetDirectoryName(here)!, "foreign-verifiers.py"), folder } };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output, await error);
    }
}

/// <summary>Messages of every shape that a seed can give: folds, blanks where they are allowed, 8-bit text, attachments, empty and endless bodies.</summary>
internal sealed class MessageShapes(int seed)
{
    private static readonly string[] Words = ["sale", "Grüße", "日本語", "naïve", "🎉", "x=20", "a\tb", "double  blank", "tail ", "\ttab", ".", "..", "--b1", "%41", "<b>", "=?utf-8?q?=C3=BC?="];

    private readonly Random _random = new(seed);

    public byte[] Header()
    {
        var header = new StringBuilder();
        void Field(string name, string value) => header.Append(name).Append(Pick(": ", ":  ", ":\t", ":")).Append(value).Append("\r\n");
        Field("From", Pick("news@acme.example", "\"News, daily\" <news@acme.example>", "=?utf-8?B?R3LDvMOfZQ==?= <news@acme.example>"));
        Field("To", Pick("ann@example.org", "ann@example.org,\r\n\tbob@example.org", "Ann  B.\t<ann@example.org> "));
        Field("Subject", Text(_random.Next(1, 12), folds: true));
        Field("Date", "Wed, 25 Nov 2026 12:00:00 +0000");
        if (Half) Field("Message-ID", $"<{seed}@acme.example>");
        if (Half) Field("Reply-To", "a@acme.example");
        if (Half) Field("List-Unsubscribe", "<https://acme.example/u/" + new string('x', _random.Next(1, 400)) + ">,\r\n <mailto:u@acme.example>");
        if (Half) Field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        if (Half) Field("Received", "from a by b;\r\n Wed, 25 Nov 2026 12:00:00 +0000");
        if (Half) Field("MIME-Version", "1.0");
        if (Half) Field("Content-Type", Pick("text/plain; charset=utf-8", "multipart/mixed;\r\n boundary=\"b1\"", "text/html"));
        if (Half) Field("X-Twice", "1");
        if (Half) Field("X-Twice", "");
        return Encoding.UTF8.GetBytes(header.ToString());
    }

    public byte[] Body()
    {
        if (_random.Next(12) is 0)
            return Encoding.ASCII.GetBytes(Pick("", "\r\n", "\r\n\r\n\r\n", " \r\n", "x\r\n", "\t\r\n\r\n"));
        var body = new StringBuilder();
        if (_random.Next(5) is 0)
            body.Append("--b1\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
                .Append(Convert.ToBase64String(Enumerable.Range(0, _random.Next(4000)).Select(_ => (byte)_random.Next(256)).ToArray(), Base64FormattingOptions.InsertLineBreaks)).Append("\r\n--b1--\r\n");
        for (var lines = _random.Next(1, seed % 17 is 0 ? 400 : 30); lines > 0; lines--)
            body.Append(_random.Next(6) is 0 ? "" : Text(_random.Next(1, 14), folds: false)).Append(_random.Next(9) is 0 ? Pick(" ", "\t", "  ", "=") : "").Append("\r\n");
        body.Append(Pick("", "", "\r\n", "\r\n\r\n", " \r\n", "\t\r\n \r\n"));     // its last line is ended, as SMTP ends it
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private bool Half => _random.Next(2) is 0;

    private string Pick(params ReadOnlySpan<string> some) => some[_random.Next(some.Length)];

    private string Text(int words, bool folds) =>
        string.Concat(Enumerable.Range(0, words).Select(i => (i is 0 ? "" : folds && _random.Next(5) is 0 ? "\r\n " : " ") + Words[_random.Next(Words.Length)]));
}
