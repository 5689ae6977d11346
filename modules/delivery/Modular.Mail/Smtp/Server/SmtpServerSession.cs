using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;

namespace Modular.Mail.Smtp.Server;

/// <summary>One connection's conversation: reads commands, keeps their order, answers each group of them with one flush (RFC 2920 §3.2).</summary>
internal sealed partial class SmtpServerSession : IAsyncDisposable
{
    private const int MaxLineBytes = 512, MaxLineWithParametersBytes = 2000, MaxSkippedBytes = 1024 * 1024;

    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(2);

    private readonly SmtpServer _server;
    private readonly SmtpServerOptions _options;
    private readonly SessionWatch _watch;
    private readonly MessageBuffer _message;
    private readonly DataReader _dataReader;
    private readonly ChunkReader _chunkReader;
    private readonly CancellationToken _aborted;

    private IDuplexPipe _transport;
    private CancellationTokenSource? _patience;
    private SmtpPeer _peer;
    private SessionState _state;
    private ReceivedEnvelope? _envelope;
    private ReceivedRecipient? _candidate;
    private bool _refusedRecipient, _owesPause;
    private int _errors, _idleCommands;
    private long _skippedBytes, _commandSince;

    public SmtpServerSession(SmtpServer server, IDuplexPipe transport, SmtpPeer peer, CancellationToken aborted)
    {
        (_server, _options, _peer, _aborted) = (server, server.Options, peer, aborted);
        _transport = transport;
        _watch = new SessionWatch(_options, () => server.Admission.IsBusy, CancelWait, server.Time);
        _message = new MessageBuffer(_options.MaxMessageBytes, server.Memory);
        _dataReader = new DataReader(_options.BareLineEnds);
        _chunkReader = new ChunkReader(_options.BareLineEnds);
        _commandSince = server.Time.GetTimestamp();
    }

    /// <summary>What the command loop does after a command.</summary>
    private enum Next
    {
        Command,
        Data,
        Chunk,
        Auth,
        Tls,
        Quit,
        Close,
        Stop,
    }

    public async Task<SmtpSessionEnd> RunAsync(CancellationToken stopping)
    {
        using var onStop = stopping.UnsafeRegister(static watch => ((SessionWatch)watch!).Stop(), _watch);
        using var onAbort = _aborted.UnsafeRegister(static session => ((SmtpServerSession)session!).Abort(), this);
        try
        {
            if (_options is { IsTlsImplicit: true, OffersTls: true } && _peer.Tls is null)
                await SecureAsync();
            if (await IsEarlyTalkerAsync())
                return await CloseAsync();
            if (await AskAsync(static (session, ct) => session._server.Handler.ConnectedAsync(session._peer, ct)) is { } refusal)
            {
                Say(refusal);
                await FlushAsync();
                return SmtpSessionEnd.Refused;
            }

            _transport.Output.Write(_server.Greeting);
            return await ConverseAsync();
        }
        catch (SessionOver over)
        {
            return over.End;
        }
        catch (Exception fault) when (fault is IOException or AuthenticationException or OperationCanceledException)
        {
            return SmtpSessionEnd.ClientLeft;
        }
        catch (Exception fault)
        {
            _server.Handler.Faulted(_peer, fault);
            return SmtpSessionEnd.Faulted;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _message.Dispose();
        _patience?.Dispose();
        await CloseTlsAsync();
    }

    private void Abort()
    {
        _watch.Abort();
        _patience?.Cancel();
    }

    private async Task<SmtpSessionEnd> ConverseAsync()
    {
        while (true)
        {
            var read = await ReadAsync(_envelope is null ? Waiting.FirstCommand : Waiting.Command, _commandSince, _options.CommandTimeout);
            var buffer = read.Buffer;
            Next next;
            while ((next = await TryAnswerAsync(ref buffer, out var hadLine)) is Next.Command && hadLine)
            {
                // The whole group is answered before the flush, which is where the next read has to wait.
            }

            var isLastOfGroup = buffer.IsEmpty;
            _transport.Input.AdvanceTo(buffer.Start, next is Next.Command ? buffer.End : buffer.Start);
            if (_owesPause)
                await PayPauseAsync();
            switch (next)
            {
                case Next.Data:
                    await ReceiveAsync();
                    break;
                case Next.Chunk:
                    await ReceiveChunkAsync();
                    break;
                case Next.Auth:
                    if (await SignInAsync())
                        return await CloseAsync();
                    break;
                case Next.Tls when isLastOfGroup:
                    await StartTlsAsync();
                    break;
                case Next.Tls:
                    Say(Replies.TlsNotLast);   // or commands sent in clear would run as if they had come encrypted (RFC 3207 §6)
                    return await CloseAsync();
                case Next.Close:
                    return await CloseAsync();
                case Next.Quit or Next.Stop:
                    await FlushAsync();
                    return next is Next.Quit ? SmtpSessionEnd.Quit : SmtpSessionEnd.Stopped;
                case Next.Command when read.IsCompleted:
                    return SmtpSessionEnd.ClientLeft;
            }
        }
    }

    private ValueTask<Next> TryAnswerAsync(ref ReadOnlySequence<byte> buffer, out bool hadLine)
    {
        var isSkipping = _skippedBytes > 0;
        var before = buffer.Length;
        var status = LineReader.TryRead(ref buffer, isSkipping ? int.MaxValue : MaxLineOf(buffer.FirstSpan), out var line);
        hadLine = buffer.Length < before;
        if (hadLine)
        {
            _commandSince = _server.Time.GetTimestamp();
            _skippedBytes = 0;
            if (isSkipping || status is LineStatus.TooLong)
                return ValueTask.FromResult(Refuse(Replies.LineTooLong));
            return line.IsSingleSegment ? AnswerAsync(line.FirstSpan) : AnswerAsync(line);
        }

        if (status is LineStatus.BareCrOrLf)
            return ValueTask.FromResult(Close(Replies.BareLineEnd));
        return ValueTask.FromResult(isSkipping || status is LineStatus.TooLong ? Skip(ref buffer) : Next.Command);
    }

    private ValueTask<Next> AnswerAsync(in ReadOnlySequence<byte> line)
    {
        var whole = ArrayPool<byte>.Shared.Rent((int)line.Length);
        try
        {
            line.CopyTo(whole);
            return AnswerAsync(whole.AsSpan(0, (int)line.Length));   // keeps nothing of the line when it returns
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static int MaxLineOf(ReadOnlySpan<byte> start) =>
        start.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(start[..5], "AUTH "u8) ? MaxAuthLineBytes : MaxLineWithParametersBytes;

    /// <summary>Forgets a line that is too long as it comes; the last byte stays, for it may be the CR of its end.</summary>
    private Next Skip(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length > 1)
        {
            _skippedBytes += buffer.Length - 1;
            buffer = buffer.Slice(buffer.Length - 1);
        }

        return _skippedBytes > MaxSkippedBytes ? Close(Replies.LineTooLong) : Next.Command;
    }
}
