using System.Buffers;
using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>
/// A stream with one buffer for each direction and one deadline. Everything that goes wrong with it comes out as
/// <see cref="SmtpException"/>, and then the stream is dead: a reply that we did not wait for would be taken for the next one.
/// </summary>
internal sealed class SmtpWire(Stream stream, SmtpTranscript? transcript, TimeProvider time) : IAsyncDisposable
{
    private const int FirstReadBytes = 4096, MaxReplyBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(FirstReadBytes);
    private readonly CancellationTokenSource _deadline = new(Timeout.InfiniteTimeSpan, time);
    private byte[] _input = new byte[FirstReadBytes];
    private int _start, _end;
    private Task<int>? _earlyRead;

    public Stream Stream { get; private set; } = stream;

    public IBufferWriter<byte> Output => _output;

    public int UnsentBytes => _output.WrittenCount;

    /// <summary>The read begun by <see cref="ReadAhead"/>, until its bytes are taken.</summary>
    public Task? EarlyRead => _earlyRead;

    /// <summary>The server has spoken, or closed, without being asked.</summary>
    public bool HasUnasked => _start < _end || _earlyRead is { IsCompleted: true };

    /// <summary>Kills the wire as soon as the token says so.</summary>
    public CancellationTokenRegistration EndOn(CancellationToken ct) =>
        ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _deadline);

    public void Write(ReadOnlySpan<byte> text) => _output.Write(text);

    public void Write(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, _output);

    public void NoteContent(long bytes, bool isChunked) => transcript?.Add('C', isChunked ? $"BDAT {bytes}\n<{bytes} bytes>\nBDAT 0 LAST" : $"<{bytes} bytes>\n.");

    /// <summary>Writes down what a command is to look like when it holds a secret.</summary>
    public void NoteAs(string shown) => transcript?.Add('C', shown);

    /// <summary>Writes down the commands collected since there were <paramref name="from"/> unsent bytes.</summary>
    public void NoteCommands(int from) => transcript?.Add('C', Encoding.UTF8.GetString(_output.WrittenSpan[from..]));

    public async ValueTask SendAsync(SmtpStage stage, TimeSpan timeout)
    {
        if (_output.WrittenCount is 0)
            return;
        try
        {
            _deadline.CancelAfter(timeout);
            await Stream.WriteAsync(_output.WrittenMemory, _deadline.Token);
            _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            _output.ResetWrittenCount();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw await ExplainAsync(stage, "Could not send", fault);
        }
    }

    /// <summary>Starts to listen while we speak or wait: a server that gives up in the middle says why before it closes.</summary>
    public void ReadAhead()
    {
        if (_earlyRead is not null || _start < _end)
            return;
        (_start, _end) = (0, 0);
        _earlyRead = Stream.ReadAsync(_input, _deadline.Token).AsTask();
    }

    /// <param name="timeout">For the whole reply: a server that lets one trickle in gains nothing by it.</param>
    public async ValueTask<SmtpReply> ReadReplyAsync(SmtpStage stage, TimeSpan timeout)
    {
        var isTimed = false;
        while (true)
        {
            switch (ReplyReader.TryRead(_input.AsSpan(_start.._end), out var reply, out var length))
            {
                case ReplyStatus.Complete:
                    _start += length;
                    if (isTimed)
                        _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
                    transcript?.Add('S', reply!.ToString());
                    return reply!;
                case ReplyStatus.Malformed:
                    throw new SmtpException(stage, $"Not an SMTP reply: {Encoding.Latin1.GetString(_input, _start, Math.Min(_end - _start, 100)).ReplaceLineEndings(" ")}");
            }

            if (!isTimed)
                _deadline.CancelAfter(timeout);
            isTimed = true;
            await FillAsync(stage);
        }
    }

    /// <summary>Forgets what came in clear (RFC 3207 §6) and goes on over TLS.</summary>
    public void Upgrade(Stream encrypted)
    {
        (_start, _end) = (0, 0);
        Stream = encrypted;
    }

    public async ValueTask DisposeAsync()
    {
        await _deadline.CancelAsync();
        await Stream.DisposeAsync();
        if (_earlyRead is not null)
            await _earlyRead.ContinueWith(static read => _ = read.Exception, TaskScheduler.Default);   // observed, not interesting
        _deadline.Dispose();
    }

    /// <summary>Reads on until there is the end of a line, or of what may be waited for: so a reply is looked at once for each of its lines.</summary>
    private async ValueTask FillAsync(SmtpStage stage)
    {
        const int FirstLook = 16;   // enough to tell a server of another protocol
        try
        {
            int seen;
            do
            {
                if (_earlyRead is null)
                    MakeRoom(stage);
                seen = _end;
                var read = _earlyRead is not null ? await _earlyRead : await Stream.ReadAsync(_input.AsMemory(_end), _deadline.Token);
                _earlyRead = null;
                if (read is 0)
                    throw new SmtpException(stage, "The server closed the connection.");
                _end += read;
            }
            while (seen - _start > FirstLook && !_input.AsSpan(seen.._end).Contains((byte)'\n'));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _earlyRead = null;
            throw Explain(stage, "Could not read the reply", fault);
        }
    }

    private void MakeRoom(SmtpStage stage)
    {
        if (_start > 0)
        {
            _input.AsSpan(_start.._end).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _input.Length)
            return;
        if (_input.Length >= MaxReplyBytes)
            throw new SmtpException(stage, $"A reply of more than {MaxReplyBytes} bytes.");
        Array.Resize(ref _input, _input.Length * 2);
    }

    /// <summary>A write that failed because the server left: its last words say more than the broken pipe.</summary>
    private async ValueTask<SmtpException> ExplainAsync(SmtpStage stage, string what, Exception fault)
    {
        if (_earlyRead is { IsCompletedSuccessfully: true } read && fault is IOException && (_end = await read) > 0)
        {
            _earlyRead = null;
            if (ReplyReader.TryRead(_input.AsSpan(_start.._end), out var reply, out _) is ReplyStatus.Complete)
                return SmtpException.Saying(stage, reply!);
        }

        return Explain(stage, what, fault);
    }

    private static SmtpException Explain(SmtpStage stage, string what, Exception fault) => fault is OperationCanceledException
        ? new SmtpException(stage, $"{what} at {stage} in time, or cancelled.", inner: fault)
        : new SmtpException(stage, $"{what} at {stage}: {fault.Message}", inner: fault);
}
