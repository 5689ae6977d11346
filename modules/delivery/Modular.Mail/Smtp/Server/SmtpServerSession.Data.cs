namespace Modular.Mail.Smtp.Server;

internal sealed partial class SmtpServerSession
{
    private Chunk _chunk;

    /// <param name="Refusal">What to answer when the chunk has been read and thrown away; null when it is wanted.</param>
    private readonly record struct Chunk(long Bytes, bool IsLast, SmtpReply? Refusal);

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

        await HandOverAsync();
    }

    /// <summary>The BDAT line itself. Its chunk follows whether the command is in order or not (RFC 3030 §2).</summary>
    private Next BeginChunk(ReadOnlySpan<byte> argument, bool isInOrder)
    {
        if (!CommandArguments.TryReadChunk(argument, out var bytes, out var isLast))
            return Close(Replies.BadChunk);
        _chunk = new Chunk(bytes, isLast, isInOrder ? null : _state is SessionState.Sender && _refusedRecipient ? Replies.NoRecipients : Replies.BadSequence);
        return Next.Chunk;
    }

    /// <summary>Reads one chunk, and answers it.</summary>
    private async ValueTask ReceiveChunkAsync()
    {
        if (_state is not SessionState.Chunks)
        {
            _message.Clear();
            _chunkReader.Reset();
        }

        var start = _server.Time.GetTimestamp();
        for (var left = _chunk.Bytes; left > 0;)
        {
            var read = await ReadAsync(Waiting.Data, _server.Time.GetTimestamp(), DataPatience(start, _chunk.Bytes - left));
            var part = read.Buffer.Length > left ? read.Buffer.Slice(0, left) : read.Buffer;
            if (_chunk.Refusal is null)
            {
                foreach (var segment in part)
                    _chunkReader.Read(segment.Span, _message);
            }

            left -= part.Length;
            _transport.Input.AdvanceTo(part.End);
            if (left > 0 && read.IsCompleted)
                throw new SessionOver(SmtpSessionEnd.ClientLeft);
        }

        _commandSince = _server.Time.GetTimestamp();
        if (_chunk.Refusal is { } refusal)
        {
            await TellAsync(refusal);
            return;
        }

        if (_chunk.IsLast)
            _chunkReader.End(_message);
        if (_chunkReader.HasBareLineEnd)
        {
            Say(Replies.BareLineEndInMessage);
            throw new SessionOver(await CloseAsync());
        }

        if (_chunk.IsLast)
        {
            await HandOverAsync();
        }
        else if (_message.IsTooLarge || _message.IsOutOfMemory)
        {
            var reply = _message.IsTooLarge ? Replies.TooLarge : Replies.OutOfMemory;
            ForgetTransaction(SessionState.Greeted);   // chunks that are on their way already are read and answered 503
            await TellAsync(reply);
        }
        else
        {
            _state = SessionState.Chunks;
            await TellAsync(new SmtpReply(250, Replies.Ok.Status, $"{_chunk.Bytes} octets received"), isIdle: _chunk.Bytes is 0);
        }
    }

    private async ValueTask HandOverAsync()
    {
        var reply = _message.IsTooLarge ? Replies.TooLarge
            : _message.IsOutOfMemory ? Replies.OutOfMemory
            : HopCount.Of(_message.Content.Span) > _options.MaxReceivedFields ? Replies.Loop
            : await AskAsync(static async (session, ct) =>
                await session._server.Handler.MessageAsync(session._envelope!, session._message.Content, ct));
        ForgetTransaction(SessionState.Greeted);
        _commandSince = _server.Time.GetTimestamp();
        if (reply!.IsPositive)
            (_errors, _idleCommands) = (0, 0);
        await TellAsync(reply);
    }

    private async ValueTask TellAsync(SmtpReply reply, bool isIdle = false)
    {
        if ((isIdle ? Idle(reply) : Tell(reply)) is Next.Close)
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
