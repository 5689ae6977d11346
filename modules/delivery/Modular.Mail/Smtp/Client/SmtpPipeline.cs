using System.Buffers;
using System.Globalization;
using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>What one step brought to light.</summary>
/// <param name="Previous">The outcome of the message transmitted before; null when there was none.</param>
/// <param name="Decided">
/// Null when the server waits for the content of the message announced (or none was announced); else its outcome, and no content may follow.
/// </param>
/// <param name="Recipients">The replies to the recipients of the message announced, in their order, as far as there were any.</param>
/// <param name="PreviousRecipients">
/// With LMTP, the replies behind the previous message's dot, one for each recipient that was accepted, as far as they came (RFC 2033 §4.2);
/// <paramref name="Previous"/> is then <see cref="SmtpOutcome.Accepted"/> when one of them is. Else none.
/// </param>
public readonly record struct SmtpStep(
    SmtpOutcome? Previous, SmtpOutcome? Decided, IReadOnlyList<SmtpReply> Recipients, IReadOnlyList<SmtpReply> PreviousRecipients);

/// <summary>
/// Sends message after message and holds the dot: everything of a message may go out, except the final dot that makes it the server's,
/// while the outcome of the one before is still being made durable. So when this program dies, at most one message per connection, the
/// one behind its dot, can be sent twice.
/// <code>
/// var durable = Task.CompletedTask;
/// foreach (var message in messages)
/// {
///     var step = await pipeline.StepAsync(message.Envelope, ct);        // the last one's dot, then MAIL, RCPT and DATA: one write, one read
///     if (step.Previous is { } outcome)
///         durable = RecordAsync(outcome);                               // no wait here ..
///     if (step.Decided is { } decided)
///         await RecordAsync(message, decided);
///     else
///         await pipeline.TransmitAsync(message.Content, durable, ct);   // .. but here, between the content and its dot
/// }
/// await RecordAsync((await pipeline.StepAsync(null, ct)).Previous);
/// </code>
/// The dot travels with the next step. Whoever has no next message yet calls <see cref="StepAsync"/> with null, rather than keep the
/// server waiting.
/// </summary>
public sealed class SmtpPipeline
{
    private const int RecipientsPerGroup = 100;      // or the server's replies could fill the way back while we still speak (RFC 2920 §3.1)
    private const int BlockBytes = 128 * 1024;

    private readonly SmtpConnection _connection;
    private readonly SmtpWire _wire;
    private readonly SmtpClientOptions _options;
    private readonly StringBuilder _command = new();
    private readonly ArrayBufferWriter<byte> _chunk = new();
    private readonly ContentWriter _content;

    private Phase _phase;
    private bool _isChunked, _isChunkUnheard;
    private int _accepted;
    private bool _mustReset;
    private SmtpException? _lost;
    private SmtpOutcome? _decidedEarly;

    internal SmtpPipeline(SmtpConnection connection, SmtpWire wire, SmtpClientOptions options)
    {
        (_connection, _wire, _options) = (connection, wire, options);
        _content = new ContentWriter(wire.Output);
    }

    private enum Phase
    {
        Idle,

        /// <summary>The server waits for content.</summary>
        Content,

        /// <summary>The content is out or about to go, its dot is not.</summary>
        Held,
    }

    /// <summary>False when the session is over; outcomes not yet asked for are still to be had from <see cref="StepAsync"/>.</summary>
    public bool IsUsable => _lost is null;

    /// <summary>Usable, and no message is under way.</summary>
    public bool IsIdle => IsUsable && _phase is Phase.Idle;

    /// <summary>
    /// Releases the dot of the message before, if there is one, and announces the next, if there is one. Never throws for what the network
    /// or the server does, nor for the token: that is what the outcomes are for.
    /// </summary>
    public async ValueTask<SmtpStep> StepAsync(OutgoingEnvelope? next, CancellationToken ct)
    {
        if (_phase is Phase.Content)
            throw new InvalidOperationException("The server waits for the content of the message announced; without it the connection must be closed.");
        SmtpOutcome? decided = next?.JudgeBy(_connection.Capabilities);
        var announced = decided is null ? next : null;
        using var ending = _wire.EndOn(ct);

        if (_phase is Phase.Held && _lost is null && _wire.HasUnasked)
            await HearUnaskedAsync();
        if (_phase is Phase.Held && _lost is null && ct.IsCancellationRequested)
            Lose(new SmtpException(SmtpStage.Content, "Cancelled before the dot."));
        SmtpOutcome? previous = _decidedEarly;
        IReadOnlyList<SmtpReply> recipients = [], finals = [];
        var hasDot = _phase is Phase.Held && _lost is null;
        (_phase, _decidedEarly) = (Phase.Idle, null);

        if (_lost is null)
        {
            if (hasDot)
            {
                _wire.NoteContent(_content.Written, _isChunked);
                _wire.Write(_isChunked ? "BDAT 0 LAST\r\n"u8 : ".\r\n"u8);
            }

            var (isChunkUnheard, accepted) = (_isChunkUnheard, _accepted);
            _isChunkUnheard = false;
            if (announced is not null)
                _isChunked = _connection.Capabilities.Chunking && announced.SizeBytes >= _options.ChunkingFromBytes;

            var isGroup = _connection.Capabilities.Pipelining;
            var isWritten = announced is not null && isGroup && !isChunkUnheard;   // a refused chunk asks for RSET first
            if (isWritten)
                WriteGroup(announced!);
            if (hasDot)
                (previous, finals) = await FinishAsync(isChunkUnheard, accepted);
            if (announced is not null && isGroup && !isWritten && _lost is null)
                WriteGroup(announced);
            if (announced is not null && _lost is null)
                (decided, recipients) = isGroup ? await AnnounceAsync(announced) : await AnnounceStepwiseAsync(announced);
        }

        if (announced is not null && decided is null && _lost is not null)
            decided = new SmtpOutcome.NotSent(_lost);
        return new SmtpStep(previous, decided, recipients, finals);
    }

    /// <summary>Adds to the content of the message announced. Goes out with <see cref="HoldAsync"/>.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        if (_phase is not Phase.Content)
            throw new InvalidOperationException("No message is announced.");
        if (_isChunked)
            _chunk.Write(content);
        else
            _content.Write(content);
    }

    /// <summary>
    /// Ends the content and sends it, all but its dot, then waits until the dot may go. What goes wrong meanwhile is the outcome that the
    /// next step gives. Content with a bare CR, bare LF or NUL is not sent; <see cref="LineEnds.AreStrict"/> tells beforehand.
    /// </summary>
    /// <param name="mayEnd">Completes when the outcome of the message before, and the intent to send this one, are durable. Its failure is thrown.</param>
    public async ValueTask HoldAsync(Task mayEnd, CancellationToken ct)
    {
        if (_chunk.WrittenCount > 0)
        {
            BeginChunk(_chunk.WrittenSpan);
            _content.Write(_chunk.WrittenSpan);
            _chunk.ResetWrittenCount();
        }

        _content.End();
        _phase = Phase.Held;
        if (!_content.IsStrict)
        {
            Lose(new SmtpException(SmtpStage.Content, "The content has a CR or LF that stands alone, or a NUL: it must not be sent."));
            return;
        }

        if (mayEnd.IsCompletedSuccessfully && _wire.UnsentBytes <= BlockBytes)
            return;   // the dot may follow at once, in the same packet

        using var ending = _wire.EndOn(ct);
        await SendContentAsync();
        while (_lost is null && !mayEnd.IsCompleted)
        {
            _wire.ReadAhead();
            await Task.WhenAny(mayEnd, _wire.EarlyRead ?? Task.CompletedTask);
            if (!mayEnd.IsCompleted)
                await HearUnaskedAsync();
        }

        if (_lost is not null)
            return;

        try
        {
            await mayEnd;
        }
        catch (Exception fault)
        {
            Lose(new SmtpException(SmtpStage.Content, "The message before could not be recorded, so this one may not end.", inner: fault));
            throw;
        }
    }

    /// <summary><see cref="Write"/> and <see cref="HoldAsync"/> in one, for content that is there as a whole.</summary>
    public async ValueTask TransmitAsync(ReadOnlyMemory<byte> content, Task mayEnd, CancellationToken ct)
    {
        if (_phase is not Phase.Content)
            throw new InvalidOperationException("No message is announced.");
        if (_isChunked)
            BeginChunk(content.Span);
        while (content.Length > BlockBytes && IsUsable)
        {
            _content.Write(content.Span[..BlockBytes]);
            content = content[BlockBytes..];
            if (_content.IsStrict)
            {
                using var ending = _wire.EndOn(ct);
                await SendContentAsync();
            }
        }

        _content.Write(content.Span);
        if (IsUsable)
            await HoldAsync(mayEnd, ct);
        else
            _phase = Phase.Held;
    }

    /// <summary>All of the content is one chunk, and its end an empty one: what holds the dot with DATA holds that.</summary>
    private void BeginChunk(ReadOnlySpan<byte> content)
    {
        var bytes = content.EndsWith("\r\n"u8) ? content.Length : content.Length + 2;
        _wire.Write(string.Create(CultureInfo.InvariantCulture, $"BDAT {bytes}\r\n"));
        _isChunkUnheard = true;
    }

    private async ValueTask SendContentAsync()
    {
        if (_wire.HasUnasked)
            await HearUnaskedAsync();
        if (_lost is not null)
            return;

        _wire.ReadAhead();
        try
        {
            await _wire.SendAsync(SmtpStage.Content, _options.BlockTimeout);
        }
        catch (SmtpException fault)
        {
            Lose(fault);
        }
    }

    /// <summary>
    /// The server speaks before the dot: it took a chunk, or refuses in the middle, takes leave, talks nonsense. In no case does it have the
    /// message.
    /// </summary>
    private async ValueTask HearUnaskedAsync()
    {
        try
        {
            var reply = await _wire.ReadReplyAsync(SmtpStage.Content, _options.CommandTimeout);
            if (_isChunkUnheard && reply.IsPositive)
                _isChunkUnheard = false;
            else
                Lose(SmtpException.Saying(SmtpStage.Content, reply));
        }
        catch (SmtpException fault)
        {
            Lose(fault);
        }
    }

    private void Lose(SmtpException cause)
    {
        _lost ??= cause;
        _decidedEarly ??= cause.Reply is { IsTransient: true } or { IsPermanent: true }
            ? new SmtpOutcome.Refused(cause.Stage, cause.Reply)
            : new SmtpOutcome.NotSent(cause);
    }

    private async ValueTask<(SmtpOutcome Outcome, IReadOnlyList<SmtpReply> Finals)> FinishAsync(bool isChunkUnheard, int accepted)
    {
        var finals = new List<SmtpReply>(1);
        try
        {
            await _wire.SendAsync(SmtpStage.Content, _options.BlockTimeout);
            var chunk = isChunkUnheard ? await HearFinalAsync() : null;
            var expected = _options.Dialect is SmtpDialect.Lmtp ? Math.Max(accepted, 1) : 1;
            while (finals.Count < expected && _lost is null)
                finals.Add(await HearFinalAsync());
            if (chunk is { IsPositive: false })
            {
                if (finals.Exists(static reply => reply.IsPositive))
                    throw SmtpException.Saying(SmtpStage.Content, chunk);   // refused a part, took the whole: nobody knows what it has
                _mustReset = true;                                           // RFC 3030 §2
                return (new SmtpOutcome.Refused(SmtpStage.Content, chunk), []);
            }

            SmtpOutcome outcome = finals.Find(static reply => reply.IsPositive) is { } taken ? new SmtpOutcome.Accepted(taken)
                : finals.Count > 0 ? new SmtpOutcome.Refused(SmtpStage.Content, finals[0])
                : new SmtpOutcome.Refused(SmtpStage.Content, _lost!.Reply!);
            return (outcome, _options.Dialect is SmtpDialect.Lmtp ? finals : []);
        }
        catch (SmtpException fault)
        {
            _lost = fault;
            return (new SmtpOutcome.Ambiguous(fault), finals);
        }
    }

    private async ValueTask<SmtpReply> HearFinalAsync()
    {
        var reply = await _wire.ReadReplyAsync(SmtpStage.Content, _options.FinalDotTimeout);
        if (reply.IsIntermediate)
            throw SmtpException.Saying(SmtpStage.Content, reply);
        HeedClosing(SmtpStage.Content, reply);
        return reply;
    }

    private void HeedClosing(SmtpStage stage, SmtpReply reply)
    {
        if (reply.ClosesConnection)
            _lost ??= SmtpException.Saying(stage, reply);
    }

    private void WriteGroup(OutgoingEnvelope envelope)
    {
        var from = _wire.UnsentBytes;
        if (_mustReset)
            _wire.Write("RSET\r\n"u8);
        WriteSender(envelope);
        WriteRecipients(envelope, 0);
        _wire.NoteCommands(from);
    }

    private void WriteSender(OutgoingEnvelope envelope)
    {
        _command.Clear().Append("MAIL FROM:<").Append(OutgoingEnvelope.OnTheWire(envelope.Sender)).Append('>');
        if (envelope.SizeBytes > 0 && _connection.Capabilities.MaxMessageBytes is not null)
            _command.Append(CultureInfo.InvariantCulture, $" SIZE={envelope.SizeBytes}");
        if (envelope.Is8Bit)
            _command.Append(" BODY=8BITMIME");
        if (envelope.NeedsUtf8)
            _command.Append(" SMTPUTF8");
        if (_connection.Capabilities.Dsn)
            envelope.WriteSenderRequest(_command);
        WriteCommand();
    }

    /// <summary>Writes a group of recipients, and behind the last of all DATA, which ends its group (RFC 2920 §3.1).</summary>
    private void WriteRecipients(OutgoingEnvelope envelope, int first)
    {
        var end = Math.Min(first + RecipientsPerGroup, envelope.Recipients.Count);
        for (var i = first; i < end; i++)
            WriteRecipient(envelope, i);
        if (end == envelope.Recipients.Count && !_isChunked)
            _wire.Write("DATA\r\n"u8);
    }

    private void WriteRecipient(OutgoingEnvelope envelope, int index)
    {
        _command.Clear().Append("RCPT TO:<").Append(OutgoingEnvelope.OnTheWire(envelope.Recipients[index])).Append('>');
        if (_connection.Capabilities.Dsn)
            envelope.WriteRecipientRequest(index, _command);
        WriteCommand();
    }

    private void WriteCommand()
    {
        _command.Append("\r\n");
        foreach (var part in _command.GetChunks())
            _wire.Write(part.Span);
    }

    /// <summary>Hears the replies to a group that is written already, and speaks the further groups of a long envelope.</summary>
    private async ValueTask<(SmtpOutcome? Decided, IReadOnlyList<SmtpReply> Recipients)> AnnounceAsync(OutgoingEnvelope envelope)
    {
        var recipients = new List<SmtpReply>(envelope.Recipients.Count);
        try
        {
            await _wire.SendAsync(SmtpStage.Sender, _options.CommandTimeout);
            if (_mustReset)
                await HearResetAsync();
            var sender = await HearAsync(SmtpStage.Sender, _options.CommandTimeout);
            while (recipients.Count < envelope.Recipients.Count && _lost is null)
            {
                recipients.Add(await HearAsync(SmtpStage.Recipient, _options.CommandTimeout));
                if (recipients.Count % RecipientsPerGroup is 0 && recipients.Count < envelope.Recipients.Count)
                {
                    WriteRecipients(envelope, recipients.Count);
                    await _wire.SendAsync(SmtpStage.Recipient, _options.CommandTimeout);
                }
            }

            var data = _lost is null && !_isChunked ? await HearAsync(SmtpStage.Data, _options.DataTimeout) : null;
            return (await DecideAsync(sender, recipients, data), recipients);
        }
        catch (SmtpException fault)
        {
            _lost = fault;
            return (null, recipients);
        }
    }

    /// <summary>For a server without PIPELINING: one command, one reply, and no further than it makes sense.</summary>
    private async ValueTask<(SmtpOutcome? Decided, IReadOnlyList<SmtpReply> Recipients)> AnnounceStepwiseAsync(OutgoingEnvelope envelope)
    {
        var recipients = new List<SmtpReply>(envelope.Recipients.Count);
        try
        {
            if (_mustReset)
            {
                _wire.Write("RSET\r\n"u8);
                await SendCommandAsync(SmtpStage.Reset);
                await HearResetAsync();
            }

            WriteSender(envelope);
            await SendCommandAsync(SmtpStage.Sender);
            var sender = await HearAsync(SmtpStage.Sender, _options.CommandTimeout);
            for (var i = 0; i < envelope.Recipients.Count && sender.IsPositive && _lost is null; i++)
            {
                WriteRecipient(envelope, i);
                await SendCommandAsync(SmtpStage.Recipient);
                recipients.Add(await HearAsync(SmtpStage.Recipient, _options.CommandTimeout));
            }

            SmtpReply? data = null;
            if (_lost is null && !_isChunked && recipients.Exists(static r => r.IsPositive))
            {
                _wire.Write("DATA\r\n"u8);
                await SendCommandAsync(SmtpStage.Data);
                data = await HearAsync(SmtpStage.Data, _options.DataTimeout);
            }

            return (await DecideAsync(sender, recipients, data), recipients);
        }
        catch (SmtpException fault)
        {
            _lost = fault;
            return (null, recipients);
        }
    }

    /// <param name="data">Null when DATA was not sent, as with chunks, or not answered because the server is closing.</param>
    private async ValueTask<SmtpOutcome?> DecideAsync(SmtpReply sender, List<SmtpReply> recipients, SmtpReply? data)
    {
        var refusal = !sender.IsPositive ? new SmtpOutcome.Refused(SmtpStage.Sender, sender)
            : _lost?.Reply is { } farewell ? new SmtpOutcome.Refused(_lost.Stage, farewell)
            : !recipients.Exists(static r => r.IsPositive) ? new SmtpOutcome.Refused(SmtpStage.Recipient, recipients[0])
            : data is { IsIntermediate: false } ? new SmtpOutcome.Refused(SmtpStage.Data, data)
            : null;
        _mustReset = refusal is not null;
        if (refusal is null)
        {
            _content.Reset(isStuffing: !_isChunked);
            (_isChunkUnheard, _accepted) = (false, recipients.Count(static r => r.IsPositive));
            _phase = Phase.Content;
            return null;
        }

        if (data is { IsPositive: true })
            throw SmtpException.Saying(SmtpStage.Data, data);   // 2xx to DATA: out of step with us
        if (data is not { IsIntermediate: true })
            return refusal;

        // The server waits for content that it must not get. Where no recipient stands, a lone dot makes it say so (RFC 2920 §3.1);
        // where one does, it would deliver an empty message.
        if (recipients.Exists(static r => r.IsPositive))
        {
            _lost = SmtpException.Saying(SmtpStage.Data, data);
            return refusal;
        }

        _mustReset = false;
        try
        {
            _wire.Write(".\r\n"u8);
            await SendCommandAsync(SmtpStage.Data);
            await HearAsync(SmtpStage.Data, _options.FinalDotTimeout);
        }
        catch (SmtpException fault)
        {
            _lost = fault;
        }

        return refusal;
    }

    private async ValueTask SendCommandAsync(SmtpStage stage)
    {
        _wire.NoteCommands(0);
        await _wire.SendAsync(stage, _options.CommandTimeout);
    }

    private async ValueTask HearResetAsync()
    {
        var reply = await HearAsync(SmtpStage.Reset, _options.CommandTimeout);
        if (!reply.IsPositive)
            throw SmtpException.Saying(SmtpStage.Reset, reply);
        _mustReset = false;
    }

    private async ValueTask<SmtpReply> HearAsync(SmtpStage stage, TimeSpan timeout)
    {
        var reply = await _wire.ReadReplyAsync(stage, timeout);
        if (reply.IsIntermediate && stage is not SmtpStage.Data)
            throw SmtpException.Saying(stage, reply);
        HeedClosing(stage, reply);
        return reply;
    }
}
