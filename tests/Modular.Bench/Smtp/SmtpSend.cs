using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Modular.Mail.Smtp.Client;

namespace Modular.Bench.Smtp;

/// <summary><c>smtp send PORT MESSAGES CONNECTIONS BYTES [COMMIT-MS] [USER PASSWORD DOMAIN]</c>: sends to loopback, the dot held for as long as a commit would take; with a name and a password signed in, from an address of that domain.</summary>
internal static class SmtpSend
{
    public static async Task RunAsync(int port, int messages, int connections, int bytes, int commitMs, SmtpCredentials? credentials = null, string domain = "news.test")
    {
        var content = Content(bytes, domain);
        var left = messages;
        var accepted = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(SendAsync)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var busy = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"messages":{{messages}},"accepted":{{accepted}},"connections":{{connections}},"bytes":{{bytes}},"commitMs":{{commitMs}},"seconds":{{seconds:0.00}},"perSecond":{{messages / seconds:0}},"cpuMicrosPerMessage":{{busy.TotalMicroseconds / messages:0.0}}}"""));

        async Task SendAsync()
        {
            var options = new SmtpClientOptions { HeloName = "client.test", Tls = TlsPolicy.Never, Credentials = credentials, MayShowPassword = true };
            await using var connection = await SmtpConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), options, TimeProvider.System, CancellationToken.None);
            var pipeline = connection.Pipeline;
            var durable = Task.CompletedTask;
            int number;
            do
            {
                number = Interlocked.Decrement(ref left);
                var next = number < 0 ? null : new OutgoingEnvelope($"b-{number}@{domain}", $"u{number}@example.test", bytes);
                var step = await pipeline.StepAsync(next, CancellationToken.None);
                if (step.Previous is SmtpOutcome.Accepted)
                    Interlocked.Increment(ref accepted);
                if (step.Decided is not null)
                    throw new InvalidOperationException(step.Decided.ToString());
                durable = commitMs > 0 && step.Previous is not null ? Task.Delay(commitMs) : Task.CompletedTask;
                if (next is not null)
                    await pipeline.TransmitAsync(content, durable, CancellationToken.None);
            }
            while (number >= 0);
            await connection.QuitAsync(CancellationToken.None);
        }
    }

    private static byte[] Content(int bytes, string domain)
    {
        var text = new StringBuilder($"From: News <news@{domain}>\r\nTo: u@example.test\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n\r\n");
        while (text.Length < bytes)
            text.Append('x', 74).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
