using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Bench.Mail;

[MemoryDiagnoser]
public class MimeParseBenchmarks
{
    private readonly byte[] bounce = Encoding.ASCII.GetBytes(
        "From: MAILER-DAEMON@mx.example\r\nTo: b1@bounces.acme.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        + "This is the mail system at host mx.example.\r\n\r\n<ann@x.example>: host mail.x.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)\r\n\r\n"
        + "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ann@x.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        + "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: news@acme.example\r\nTo: ann@x.example\r\nSubject: Sale\r\n\r\n--b--\r\n");

    private readonly ArrayBufferWriter<byte> newsletter = new(64 * 1024);

    [GlobalSetup]
    public void Setup() => new Newsletter().Write(newsletter);

    [Benchmark]
    public int Parse() => MimeMessage.Parse(newsletter.WrittenMemory).Body.Parts.Count;

    [Benchmark]
    public int ParseAndDecodeText() => MimeMessage.Parse(newsletter.WrittenMemory).Body.Parts[1].DecodeText().Length;

    [Benchmark]
    public int ClassifyBounce() => BounceClassifier.Classify(MimeMessage.Parse(bounce)).Recipients.Count;
}
