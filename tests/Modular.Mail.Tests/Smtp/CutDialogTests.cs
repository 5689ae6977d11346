using System.Text;
using Modular.Mail.Smtp.Client;

namespace Modular.Mail.Tests.Smtp;

/// <summary>
/// Two messages over one session that ends at every possible octet, in the one direction and in the other. What the client then believes of each message
/// is compared with what the far side knows: it never calls lost what was taken, nor taken what was lost, nor leaves a question open that is none.
/// </summary>
public sealed class CutDialogTests
{
    private const string Content = "Subject: x\r\n\r\n.hello\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, long> Dialects => new()
    {
        { "PIPELINING,SIZE 1000000,8BITMIME", long.MaxValue },
        { "SIZE 1000000", long.MaxValue },
        { "PIPELINING,CHUNKING,SIZE 1000000", 1 },
        { "CHUNKING", 1 },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Wherever_the_connection_ends_no_outcome_is_wrong(string extensions, long chunkingFrom)
    {
        var whole = new CutServer(extensions, int.MaxValue, int.MaxValue);
        Assert.Equal(["Accepted", "Accepted"], await SendAsync(whole, chunkingFrom));
        Assert.Equal(2, whole.Ended);

        for (var cut = 0; cut <= whole.Heard; cut++)
            await CheckAsync($"after hearing {cut} octets", new CutServer(extensions, cut, int.MaxValue));
        for (var cut = 0; cut <= whole.Said; cut++)
            await CheckAsync($"after saying {cut} octets", new CutServer(extensions, int.MaxValue, cut));

        async Task CheckAsync(string when, CutServer server)
        {
            var outcomes = await SendAsync(server, chunkingFrom);
            for (var i = 0; i < 2; i++)
            {
                var isEnded = server.Ended > i;             // the server has all of the message and its end
                var isTold = server.Confirmed > i;          // and its reply has arrived, to the last octet
                var isRight = outcomes[i] switch
                {
                    "Accepted" => isTold,
                    "Ambiguous" => !isTold && server.EndsBegun > i,
                    "NotSent" => !isEnded,
                    _ => false,
                };
                Assert.True(isRight, $"{when}, message {i + 1}: {outcomes[i]}, ended: {isEnded}, told: {isTold}\n{server.Transcript}");
            }
        }
    }

    private static async Task<string[]> SendAsync(CutServer server, long chunkingFrom)
    {
        var outcomes = new[] { "NotSent", "NotSent" };
        try
        {
            var options = new SmtpClientOptions { HeloName = "c.example", Tls = TlsPolicy.Never, ChunkingFromBytes = chunkingFrom };
            await using var connection = await SmtpConnection.OpenAsync(server, options, TimeProvider.System, Ct);
            for (var i = 0; i <= 2; i++)
            {
                var step = await connection.Pipeline.StepAsync(i < 2 ? new OutgoingEnvelope("a@sender.example", $"u{i}@local.test", Content.Length) : null, Ct);
                if (step.Previous is { } previous)
                    outcomes[i - 1] = previous.GetType().Name;
                if (i is 2)
                    break;
                if (step.Decided is { } decided)
                    outcomes[i] = decided.GetType().Name;
                else
                    await connection.Pipeline.TransmitAsync(Wire.Bytes(Content), Task.CompletedTask, Ct);
            }
        }
        catch (SmtpException)
        {
            // Before any message.
        }

        return outcomes;
    }

    /// <summary>A server in memory that is gone once it has heard, or said, so many octets.</summary>
    private sealed class CutServer(string extensions, int hears, int says) : Stream
    {
        private readonly StringBuilder _heard = new();
        private readonly Queue<byte> _replies = new("220 mx ESMTP\r\n"u8.ToArray());
        private readonly List<int> _confirmedAt = [];
        private readonly StringBuilder _log = new();
        private int _at, _queued = "220 mx ESMTP\r\n".Length;
        private bool _isContent;

        public int Heard { get; private set; }

        public int Said { get; private set; }

        /// <summary>Messages whose end the server has heard.</summary>
        public int Ended { get; private set; }

        /// <summary>Messages whose end the client has at least begun to say, as far as anybody can know.</summary>
        public int EndsBegun { get; private set; }

        /// <summary>Messages whose confirmation the client was handed whole.</summary>
        public int Confirmed => _confirmedAt.Count(at => at <= Said);

        public string Transcript => _log.ToString();

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var text = Encoding.Latin1.GetString(buffer.Span);
            EndsBegun = Math.Max(EndsBegun, Ended + CountEnds(_heard.ToString()[_at..] + text));
            foreach (var octet in buffer.Span)
            {
                if (Heard >= hears)
                    return ValueTask.FromException(new IOException("cut"));
                Heard++;
                _heard.Append((char)octet);
                Listen();
            }

            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Said >= says || _replies.Count is 0)
                return Heard >= hears || Said >= says ? ValueTask.FromResult(0) : ValueTask.FromException<int>(new IOException($"the client waits for nothing\n{_log}"));
            buffer.Span[0] = _replies.Dequeue();
            Said++;
            return ValueTask.FromResult(1);
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private static int CountEnds(string text) => text.Split("\r\n.\r\n").Length - 1 + text.Split("BDAT 0 LAST\r\n").Length - 1;

        private void Listen()
        {
            var rest = _heard.ToString(_at, _heard.Length - _at);
            if (_isContent)
            {
                if (!rest.EndsWith("\r\n.\r\n", StringComparison.Ordinal) && rest is not ".\r\n")
                    return;
                _isContent = false;
                _at = _heard.Length;
                End();
                return;
            }

            var end = rest.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
                return;
            var line = rest[..end];
            if (line.StartsWith("BDAT ", StringComparison.Ordinal))
            {
                var bytes = int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
                if (rest.Length < end + 2 + bytes)
                    return;
                _at += end + 2 + bytes;
                _log.AppendLine(line);
                if (line.EndsWith("LAST", StringComparison.Ordinal))
                    End();
                else
                    Say("250 2.0.0 chunk\r\n");
                return;
            }

            _at += end + 2;
            _log.AppendLine(line);
            switch (line.Split(' ')[0])
            {
                case "EHLO":
                    Say(string.Concat(extensions.Split(',').Prepend("mx").Select((word, i) => (i == extensions.Split(',').Length ? "250 " : "250-") + word + "\r\n")));
                    break;
                case "DATA":
                    _isContent = true;
                    Say("354 go\r\n");
                    break;
                default:
                    Say("250 2.0.0 ok\r\n");
                    break;
            }
        }

        private void End()
        {
            Ended++;
            Say("250 2.0.0 queued\r\n");
            _confirmedAt.Add(_queued);
        }

        private void Say(string text)
        {
            _queued += text.Length;
            foreach (var octet in Encoding.Latin1.GetBytes(text))
                _replies.Enqueue(octet);
        }
    }
}
