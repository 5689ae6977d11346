namespace Modular.Mail.Smtp.Server;

internal sealed partial class SmtpServerSession
{
    /// <summary>Reads a message to its end, hands it over, and answers. The answer is flushed with those to the commands behind it.</summary>
    private async ValueTask ReceiveAsync()
    {
        _message.Clear();
        _dataReader.Reset();
        var start = _server.Time.GetTimestamp();
        long received = 0;
        DataStatus status;
        do
        {
            var read = await ReadAsync(Waiting.Data, _server.Time.GetTimestamp(), DataPatience(start, received));
            var buffer = read.Buffer;
            received += buffer.Length;
            status = _dataReader.Read(ref buffer, _message);
            _transport.Input.AdvanceTo(buffer.Start);
            if (status is DataStatus.Incomplete && read.IsCompleted)
                throw new SessionOver(SmtpSessionEnd.ClientLeft);   // without its end a message is nothing (RFC 5321 §4.1.1.4)
        }
        while (status is DataStatus.Incomplete);

        if (status is DataStatus.Refused)
        {
            Say(Replies.BareLineEndInMessage);
            throw new SessionOver(await CloseAsync());
        }

        var reply = _message.IsTooLarge ? Replies.TooLarge
            : _message.IsOutOfMemory ? Replies.OutOfMemory
            : await AskAsync(static async (session, ct) =>
                await session._server.Handler.MessageAsync(session._envelope!, session._message.Content, ct));
        ForgetTransaction(SessionState.Greeted);
        _commandSince = _server.Time.GetTimestamp();
        if (reply!.IsPositive)
            (_errors, _idleCommands) = (0, 0);
        if (Tell(reply) is Next.Close)
            throw new SessionOver(await CloseAsync());
    }

    /// <summary>The wait for more content ends when none comes, or when what came is too slow on the whole.</summary>
    private TimeSpan DataPatience(long start, long received)
    {
        var earned = TimeSpan.FromSeconds((double)received / _options.MinDataBytesPerSecond);
        var allowed = (earned > _options.DataRateGrace ? earned : _options.DataRateGrace) - _server.Time.GetElapsedTime(start);
        return allowed < _options.DataTimeout ? allowed : _options.DataTimeout;
    }
}
