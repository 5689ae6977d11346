using System.Buffers;

namespace Modular.Mail.Smtp.Server;

internal sealed partial class SmtpServerSession
{
    private static readonly SearchValues<byte> NotInHelo = SearchValues.Create("<>()\"\\,;@"u8);

    private ValueTask<Next> AnswerAsync(ReadOnlySpan<byte> line)
    {
        var command = SmtpCommand.Parse(line);
        if (command.Verb is SmtpVerb.Http)
            return Now(Close(Replies.NotHttp));
        if (command.Verb is SmtpVerb.Unknown)
            return Now(Refuse(Replies.UnknownCommand));
        if (line.Length + 2 > MaxLineBytes && command.Verb is not (SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Auth))
            return Now(Refuse(Replies.LineTooLong));
        if (_watch.IsStopping && _envelope is null && command.Verb is not SmtpVerb.Quit)
            return Now(Say(Replies.Stopping, Next.Stop));
        var follows = SessionTable.Next(_state, command.Verb);
        if (command.Verb is SmtpVerb.Bdat)
            return Now(BeginChunk(command.Argument, isInOrder: follows is not null));
        if (follows is not { } next)
            return Now(Refuse(command.Verb is SmtpVerb.Data && _state is SessionState.Sender && _refusedRecipient ? Replies.NoRecipients : Replies.BadSequence));

        switch (command.Verb)
        {
            case SmtpVerb.Ehlo or SmtpVerb.Helo:
                return Now(Greet(command, next));
            case SmtpVerb.Mail:
                return MailAsync(command.Argument, next);
            case SmtpVerb.Rcpt:
                return RecipientAsync(command.Argument, next);
            case SmtpVerb.Auth:
                return Now(BeginAuth(command.Argument));
            case SmtpVerb.Noop:
                return Now(Idle(Replies.Ok));
            case SmtpVerb.Vrfy:
                return Now(Idle(Replies.CannotVerify));
            case SmtpVerb.Help:
                return Now(Idle(Replies.Help));
            case SmtpVerb.Expn:
                return Now(Refuse(Replies.NotOffered));
        }

        if (!command.Argument.IsEmpty)
            return Now(Refuse(Replies.NoArgument));
        switch (command.Verb)
        {
            case SmtpVerb.Data:
                return Now(Say(Replies.StartData, Next.Data));
            case SmtpVerb.Rset:
                ForgetTransaction(next);
                return Now(Idle(Replies.Ok));
            case SmtpVerb.StartTls when _options.OffersTls && _peer.Tls is null:
                return Now(Next.Tls);
            case SmtpVerb.Quit:
                return Now(Say(Replies.Bye, Next.Quit));
            default:
                return Now(Refuse(Replies.NotOffered));
        }
    }

    private Next Greet(SmtpCommand command, SessionState next)
    {
        var name = command.Argument;
        if (name.IsEmpty || name.Length > 255 || name.ContainsAnyExceptInRange((byte)'!', (byte)'~') || name.ContainsAny(NotInHelo))
            return Refuse(Replies.BadHelo);

        ForgetTransaction(next);
        var saidEhlo = command.Verb is SmtpVerb.Ehlo;
        _peer = _peer with { Helo = System.Text.Encoding.ASCII.GetString(name), SaidEhlo = saidEhlo };
        if (++_idleCommands > _options.MaxIdleCommands)
            return Close(Replies.TooManyErrors);
        _transport.Output.Write(!saidEhlo ? _server.HeloReply : _server.EhloReply(isSecure: _peer.Tls is not null, OffersAuth));
        return Next.Command;
    }

    private ValueTask<Next> MailAsync(ReadOnlySpan<byte> argument, SessionState next)
    {
        if (_options is { Authentication.IsRequired: true, OffersTls: true } && _peer is { Tls: null, Identity: null } && !OffersAuth)
            return Now(Refuse(Replies.TlsFirst));
        if (CommandArguments.ReadMail(argument, _options.MaxMessageBytes, OffersAuth, out var sender, out var parameters) is { } refusal)
            return Now(Refuse(refusal));
        _envelope = new ReceivedEnvelope(_peer, sender, parameters);
        return DecideAsync();

        async ValueTask<Next> DecideAsync()
        {
            var reply = await AskAsync(static (session, ct) => session._server.Handler.MailAsync(session._envelope!, ct)) ?? Replies.SenderOk;
            if (reply.IsPositive)
                _state = next;
            else
                _envelope = null;
            return Tell(reply);
        }
    }

    private ValueTask<Next> RecipientAsync(ReadOnlySpan<byte> argument, SessionState next)
    {
        _refusedRecipient = true;   // until one is accepted, DATA is answered 554
        if (_options.Authentication is { IsRequired: true } && _peer.Identity is null)
            return Now(Refuse(Replies.SignInFirst));
        if (CommandArguments.ReadRecipient(argument, _envelope!.Parameters.IsUtf8, out _candidate) is { } refusal)
            return Now(Refuse(refusal));
        return _envelope.Recipients.Count >= _options.MaxRecipients ? Now(Tell(Replies.TooManyRecipients)) : DecideAsync();

        async ValueTask<Next> DecideAsync()
        {
            var reply = await AskAsync(static (session, ct) => session._server.Handler.RecipientAsync(session._envelope!, session._candidate!, ct))
                ?? Replies.RecipientOk;
            if (reply.IsPositive)
            {
                _envelope!.Add(_candidate!);
                _state = next;
            }

            return Tell(reply);
        }
    }

    private void ForgetTransaction(SessionState next)
    {
        _state = next;
        _envelope = null;
        _candidate = null;
        _refusedRecipient = false;
        _message.Clear();
    }

    /// <summary>Asks the handler, and makes a failure or a delay of ours a reply that brings the client back.</summary>
    private async ValueTask<SmtpReply?> AskAsync(Func<SmtpServerSession, CancellationToken, ValueTask<SmtpReply?>> question)
    {
        var patience = _patience ??= new CancellationTokenSource(Timeout.InfiniteTimeSpan, _server.Time);
        if (_aborted.IsCancellationRequested)
            await patience.CancelAsync();   // it went before there was anything to cancel
        try
        {
            patience.CancelAfter(_options.HandlerTimeout);
            return await question(this, patience.Token);
        }
        catch (Exception fault) when (!_aborted.IsCancellationRequested)
        {
            _server.Handler.Faulted(_peer, fault);
            return Replies.TryLater;
        }
        finally
        {
            if (!patience.TryReset())
                _patience = null;   // not disposed: the client's going may be cancelling it at this moment
        }
    }

    private static ValueTask<Next> Now(Next next) => ValueTask.FromResult(next);

    private Next Say(SmtpReply reply, Next next = Next.Command)
    {
        reply.WriteTo(_transport.Output);
        return next;
    }

    /// <summary>Says what the handler decided.</summary>
    private Next Tell(SmtpReply reply) => reply switch
    {
        { ClosesConnection: true } => Say(reply, Next.Close),
        { IsPermanent: true } => Refuse(reply),
        { IsTransient: true } => Idle(reply),
        _ => Say(reply),
    };

    private Next Refuse(SmtpReply reply)
    {
        _server.Admission.Blame(_peer.Address);
        if (++_errors > _options.TarpitAfterErrors)
            _owesPause = true;
        return _errors > _options.MaxErrors ? Close(Replies.TooManyErrors) : Say(reply);
    }

    private Next Idle(SmtpReply reply) => ++_idleCommands > _options.MaxIdleCommands ? Close(Replies.TooManyErrors) : Say(reply);

    private Next Close(SmtpReply reply) => Say(reply, Next.Close);
}
