using System.IO.Pipelines;
using System.Net.Security;

namespace Modular.Mail.Smtp.Server;

internal sealed partial class SmtpServerSession
{
    private SslStream? _tls;

    /// <summary>What is there already, else the next bytes; before it waits, it sends what has been said.</summary>
    private async ValueTask<ReadResult> ReadAsync(Waiting waiting, long since, TimeSpan timeout)
    {
        if (!_aborted.IsCancellationRequested && _transport.Input.TryRead(out var ready))
            return ready;

        await FlushAsync();
        try
        {
            if (_watch.Begin(waiting, since, timeout) is WaitEnd.Done)
            {
                var read = await _transport.Input.ReadAsync(CancellationToken.None);
                if (_watch.End() is WaitEnd.Done && !read.IsCanceled)
                    return read;
                _transport.Input.AdvanceTo(read.Buffer.Start);
            }
        }
        finally
        {
            _watch.End();
        }

        throw await EndWaitAsync();
    }

    private async ValueTask FlushAsync()
    {
        var output = _transport.Output;
        if (output.CanGetUnflushedBytes && output.UnflushedBytes is 0)
            return;
        var flush = output.FlushAsync(CancellationToken.None);
        if (!flush.IsCompleted && _watch.Begin(Waiting.Flush, _server.Time.GetTimestamp(), _options.WriteTimeout) is not WaitEnd.Done)
            output.CancelPendingFlush();
        var result = await flush;
        _watch.End();
        if (result.IsCanceled)
            throw new SessionOver(SmtpSessionEnd.TimedOut);
        if (result.IsCompleted)
            throw new SessionOver(SmtpSessionEnd.ClientLeft);
    }

    private async ValueTask<SessionOver> EndWaitAsync()
    {
        switch (_watch.End())
        {
            case WaitEnd.Stopped:
                Say(Replies.Stopping);
                await FlushAsync();
                return new SessionOver(SmtpSessionEnd.Stopped);
            case WaitEnd.Aborted:
                return new SessionOver(SmtpSessionEnd.ClientLeft);
            default:
                Say(Replies.TimedOut);
                await FlushAsync();
                return new SessionOver(SmtpSessionEnd.TimedOut);
        }
    }

    private void CancelWait(Waiting waiting)
    {
        if (waiting is Waiting.Flush)
            _transport.Output.CancelPendingFlush();
        else
            _transport.Input.CancelPendingRead();
    }

    /// <summary>Sends the last reply and lets the client read it: closing on unread input would reset the connection and the reply with it.</summary>
    private async ValueTask<SmtpSessionEnd> CloseAsync()
    {
        await FlushAsync();
        var start = _server.Time.GetTimestamp();
        for (long drained = 0; drained < MaxSkippedBytes;)
        {
            if (!_transport.Input.TryRead(out var read))
            {
                if (_watch.Begin(Waiting.Data, start, LingerTimeout) is not WaitEnd.Done)
                    break;
                read = await _transport.Input.ReadAsync(CancellationToken.None);
                _watch.End();
            }

            drained += read.Buffer.Length;
            _transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                break;
        }

        return SmtpSessionEnd.Refused;
    }

    /// <summary>Everything learned in clear is forgotten (RFC 3207 §4.2).</summary>
    private async ValueTask StartTlsAsync()
    {
        Say(Replies.StartTls);
        await FlushAsync();
        await SecureAsync();
        ForgetTransaction(SessionState.Connected);
        _commandSince = _server.Time.GetTimestamp();
    }

    private async ValueTask SecureAsync()
    {
        var tls = new SslStream(new DuplexPipeStream(_transport), leaveInnerStreamOpen: true);
        _tls = tls;
        using (var deadline = new CancellationTokenSource(_options.TlsTimeout, _server.Time))
        using (_aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline))
            await tls.AuthenticateAsServerAsync(_options.TlsNow?.Invoke() ?? _options.Tls!, deadline.Token);

        _transport = new TlsTransport(
            PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true)),
            PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
        _peer = new SmtpPeer(_peer.Address, Tls: new TlsFacts(tls.SslProtocol, tls.NegotiatedCipherSuite.ToString()));
    }

    /// <summary>Holds the greeting back, and tells the one who could not wait.</summary>
    private async ValueTask<bool> IsEarlyTalkerAsync()
    {
        if (_options.GreetingDelay <= TimeSpan.Zero || _options.IsTrusted(_peer.Address))
            return false;
        var input = _transport.Input;
        await using var timer = _server.Time.CreateTimer(static input => ((PipeReader)input!).CancelPendingRead(), input, _options.GreetingDelay, Timeout.InfiniteTimeSpan);
        var read = await input.ReadAsync(_aborted);
        input.AdvanceTo(read.Buffer.Start);
        if (read.IsCanceled || read.Buffer.IsEmpty)
            return false;
        Say(Replies.EarlyTalker);
        return true;
    }

    /// <summary>Whoever guesses has time, and gets less for it: the replies of the last group wait (RFC 5321 §7.9 leaves us free to).</summary>
    private ValueTask PayPauseAsync()
    {
        _owesPause = false;
        return _options.IsTrusted(_peer.Address) ? default : PauseAsync(_options.TarpitDelay);
    }

    private async ValueTask PauseAsync(TimeSpan pause)
    {
        if (pause > TimeSpan.Zero && !_watch.IsStopping)
            await Task.Delay(pause, _server.Time, _aborted);
    }

    private async ValueTask CloseTlsAsync()
    {
        if (_tls is null)
            return;
        try
        {
            if (_transport is TlsTransport)
            {
                await _transport.Input.CompleteAsync();
                await _transport.Output.CompleteAsync();
                await _tls.ShutdownAsync();
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client did not wait for our farewell.
        }

        await _tls.DisposeAsync();
    }

    private sealed record TlsTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Ends the session from inside a wait.</summary>
    private sealed class SessionOver(SmtpSessionEnd end) : Exception
    {
        public SmtpSessionEnd End { get; } = end;
    }
}
