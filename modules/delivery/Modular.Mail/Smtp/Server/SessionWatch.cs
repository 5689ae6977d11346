namespace Modular.Mail.Smtp.Server;

/// <summary>What a session waits for.</summary>
internal enum Waiting
{
    Nothing,

    /// <summary>A command, outside of a transaction: a stopping server cuts in here.</summary>
    FirstCommand,

    Command,
    Data,
    Flush,
}

internal enum WaitEnd
{
    Done,
    TimedOut,
    Stopped,
    Aborted,
}

/// <summary>
/// Ends waits that last too long, by the session's age, by the load of the server, or because the server stops. It cancels the pending
/// read or flush instead of a token, so that a wait costs one change of a timer and no exception.
/// </summary>
internal sealed class SessionWatch : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly SmtpServerOptions _options;
    private readonly Func<bool> _isBusy;
    private readonly Action<Waiting> _cancel;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _sessionStart;

    private Waiting _waiting;
    private WaitEnd _end;
    private long _since, _stopSince;
    private TimeSpan _timeout;

    /// <param name="cancel">Cancels the pending flush or read; may be called from another thread.</param>
    public SessionWatch(SmtpServerOptions options, Func<bool> isBusy, Action<Waiting> cancel, TimeProvider time)
    {
        (_options, _isBusy, _cancel, _time) = (options, isBusy, cancel, time);
        _sessionStart = time.GetTimestamp();
        _timer = time.CreateTimer(static watch => ((SessionWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsStopping { get; private set; }

    /// <summary>Starts a wait, unless it is over already. <see cref="End"/> must follow in either case.</summary>
    /// <param name="since">The timestamp from which <paramref name="timeout"/> counts.</param>
    public WaitEnd Begin(Waiting waiting, long since, TimeSpan timeout)
    {
        lock (_lock)
        {
            (_waiting, _since, _timeout) = (waiting, since, timeout);
            Judge();
            return _end;
        }
    }

    public WaitEnd End()
    {
        lock (_lock)
        {
            _waiting = Waiting.Nothing;
            return _end;
        }
    }

    public void Stop()
    {
        lock (_lock)
        {
            IsStopping = true;
            _stopSince = _time.GetTimestamp();
        }

        Look();
    }

    public void Abort()
    {
        Waiting waiting;
        lock (_lock)
            (waiting, _end) = (_waiting, WaitEnd.Aborted);
        if (waiting is not Waiting.Nothing)
            _cancel(waiting);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        Waiting waiting;
        lock (_lock)
        {
            if (_waiting is Waiting.Nothing || _end is not WaitEnd.Done)
                return;
            Judge();
            if (_end is WaitEnd.Done)
                return;
            waiting = _waiting;
        }

        _cancel(waiting);   // the verdict stands, so a read that ends meanwhile is not continued
    }

    private void Judge()
    {
        if (_end is not WaitEnd.Done)
            return;
        var isCommand = _waiting is Waiting.FirstCommand or Waiting.Command;
        var timeout = isCommand && _isBusy() ? Min(_timeout, _options.BusyCommandTimeout) : _timeout;
        var left = Min(timeout - _time.GetElapsedTime(_since), _options.SessionTimeout - _time.GetElapsedTime(_sessionStart));
        var grace = !IsStopping ? TimeSpan.MaxValue
            : _waiting is Waiting.FirstCommand ? TimeSpan.Zero
            : _options.StopGrace - _time.GetElapsedTime(_stopSince);

        if (Min(left, grace) <= TimeSpan.Zero)
            _end = grace <= TimeSpan.Zero ? WaitEnd.Stopped : WaitEnd.TimedOut;
        else
            _timer.Change(Max(Soon, Min(Min(left, grace), isCommand ? _options.BusyCommandTimeout : left)), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
