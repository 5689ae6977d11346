using System.Buffers;
using System.Buffers.Text;

namespace Modular.Mail.Smtp.Server;

internal sealed partial class SmtpServerSession
{
    private const int MaxAuthLineBytes = 12_288;   // RFC 4954 §4

    private static readonly SearchValues<byte> Base64Bytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private Mechanism _mechanism;
    private byte[]? _initialResponse;
    private CredentialAnswer? _credential;
    private string _userName = "";
    private SignInAnswer? _signIn;
    private int _failedSignIns;

    private enum Mechanism
    {
        Plain,
        Login,
        ScramSha256,
    }

    private bool OffersAuth => _options.Authentication is { } auth && (_peer.Tls is not null || auth.MayBeInClear(_peer.Address));

    /// <summary>The AUTH line itself; the conversation is <see cref="SignInAsync"/> (RFC 4954 §4).</summary>
    private Next BeginAuth(ReadOnlySpan<byte> argument)
    {
        if (_options.Authentication is null)
            return Refuse(Replies.NotOffered);
        if (!OffersAuth)
            return Refuse(Replies.AuthNeedsTls);
        if (_peer.Identity is not null || !_peer.SaidEhlo)
            return Refuse(Replies.BadSequence);
        var end = argument.IndexOf((byte)' ');
        var name = end < 0 ? argument : argument[..end];
        if (name.IsEmpty)
            return Refuse(Replies.NoMechanism);
        if (System.Text.Ascii.EqualsIgnoreCase(name, "PLAIN"u8))
            _mechanism = Mechanism.Plain;
        else if (System.Text.Ascii.EqualsIgnoreCase(name, "LOGIN"u8))
            _mechanism = Mechanism.Login;
        else if (System.Text.Ascii.EqualsIgnoreCase(name, "SCRAM-SHA-256"u8))
            _mechanism = Mechanism.ScramSha256;
        else
            return Refuse(Replies.UnknownMechanism);

        _initialResponse = null;
        if (end >= 0)
        {
            var response = argument[end..].Trim((byte)' ');
            _initialResponse = response.SequenceEqual("="u8) ? [] : Decode(response);   // a lone = is an empty one
            if (_initialResponse is null)
                return Refuse(Replies.BadBase64);
        }

        return Next.Auth;
    }

    /// <summary>Holds the conversation of one AUTH and answers it. True when the session is over.</summary>
    private async ValueTask<bool> SignInAsync()
    {
        var (reply, isGuess) = await (_mechanism switch
        {
            Mechanism.Plain => PlainAsync(),
            Mechanism.Login => LoginAsync(),
            _ => ScramAsync(),
        });
        (_initialResponse, _credential, _signIn) = (null, null, null);
        if (isGuess)
        {
            _server.Handler.SignInFailed(_peer, _userName);
            await PauseAsync(_options.Authentication!.FailureDelay * (1 << Math.Min(_failedSignIns, 10)));
            if (++_failedSignIns >= _options.Authentication.MaxFailures)
                reply = Replies.TooManySignIns;
        }

        _commandSince = _server.Time.GetTimestamp();
        return Tell(reply) is Next.Close;
    }

    private async ValueTask<(SmtpReply Reply, bool IsGuess)> PlainAsync()
    {
        var (response, fault) = _initialResponse is { } initial ? (initial, null) : await ChallengeAsync([]);
        if (response is null)
            return (fault!, false);
        return SaslPlain.TryRead(response, out var userName, out var password)
            ? await CheckPasswordAsync(userName, password)
            : (Replies.BadCredentials, true);
    }

    private async ValueTask<(SmtpReply Reply, bool IsGuess)> LoginAsync()
    {
        var (name, fault) = _initialResponse is { } initial ? (initial, null) : await ChallengeAsync("Username:"u8.ToArray());
        if (name is null)
            return (fault!, false);
        (var secret, fault) = await ChallengeAsync("Password:"u8.ToArray());
        if (secret is null)
            return (fault!, false);
        return SaslPlain.TryReadName(name, out var userName) && SaslPlain.TryReadPassword(secret, out var password)
            ? await CheckPasswordAsync(userName, password)
            : (Replies.BadCredentials, true);
    }

    private async ValueTask<(SmtpReply Reply, bool IsGuess)> CheckPasswordAsync(string userName, string password)
    {
        var (keys, refusal) = await FindKeysAsync(userName);
        if (refusal is not null)
            return (refusal, false);
        return keys!.IsPassword(password) ? await AdmitAsync() : (Replies.BadCredentials, true);
    }

    private async ValueTask<(SmtpReply Reply, bool IsGuess)> ScramAsync()
    {
        var (first, fault) = _initialResponse is { } initial ? (initial, null) : await ChallengeAsync([]);
        if (first is null)
            return (fault!, false);
        if (ScramExchange.TryBegin(first, ScramExchange.NewNonce()) is not { } exchange)
            return (Replies.BadCredentials, true);
        var (keys, refusal) = await FindKeysAsync(exchange.UserName);
        if (refusal is not null)
            return (refusal, false);
        (var final, fault) = await ChallengeAsync(exchange.Challenge(keys!));
        if (final is null)
            return (fault!, false);
        if (exchange.Finish(final) is not { } proof)
            return (Replies.BadCredentials, true);
        (var empty, fault) = await ChallengeAsync(proof);   // the outcome may carry no data in SMTP, so it comes as one more challenge
        return empty is null ? (fault!, false) : await AdmitAsync();
    }

    /// <summary>The keys of a user, or a decoy's: everything after this takes the same way and the same time.</summary>
    private async ValueTask<(ScramKeys? Keys, SmtpReply? Refusal)> FindKeysAsync(string userName)
    {
        _userName = userName;
        var refusal = await AskAsync(static async (session, ct) =>
        {
            session._credential = await session._server.Handler.FindCredentialAsync(session._peer, session._userName, ct);
            return session._credential.Refusal;
        });
        return refusal is not null ? (null, AsTemporary(refusal))
            : (_credential!.Keys ?? ScramKeys.Decoy(_options.Authentication!.DecoySecret.Span, userName), null);
    }

    private async ValueTask<(SmtpReply Reply, bool IsGuess)> AdmitAsync()
    {
        if (_credential!.Keys is null)
            return (Replies.BadCredentials, true);
        var trouble = await AskAsync(static async (session, ct) =>
        {
            session._signIn = await session._server.Handler.SignInAsync(session._peer, session._userName, session._credential!.Holder, ct);
            return null;
        });
        switch (_signIn)
        {
            case SignInAnswer.Accepted(var rights):
                _peer = _peer with { Identity = new SmtpIdentity(_userName, rights) };
                _failedSignIns = 0;
                return (Replies.SignedIn, false);
            case SignInAnswer.Refused { Reply: { } reply }:
                return (reply, false);
            case SignInAnswer.Refused:
                return (Replies.BadCredentials, true);
            default:
                return (AsTemporary(trouble!), false);
        }
    }

    /// <summary>Our trouble, in the words that AUTH has for it (RFC 4954 §6).</summary>
    private static SmtpReply AsTemporary(SmtpReply reply) => ReferenceEquals(reply, Replies.TryLater) ? Replies.AuthTryLater : reply;

    /// <summary>Sends a challenge and reads the response: the bytes, or the reply to what was none.</summary>
    private async ValueTask<(byte[]? Response, SmtpReply? Fault)> ChallengeAsync(byte[] challenge)
    {
        _transport.Output.Write("334 "u8);
        WriteBase64(challenge);
        _transport.Output.Write("\r\n"u8);
        var since = _server.Time.GetTimestamp();
        while (true)
        {
            var read = await ReadAsync(Waiting.Command, since, _options.CommandTimeout);
            var buffer = read.Buffer;
            var status = LineReader.TryRead(ref buffer, MaxAuthLineBytes, out var line);
            var text = status is LineStatus.Complete ? line.ToArray() : null;
            var isWhole = text is not null || buffer.Length < read.Buffer.Length;
            _transport.Input.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
            switch (status)
            {
                case LineStatus.Complete when text is [(byte)'*']:
                    return (null, Replies.AuthCancelled);
                case LineStatus.Complete:
                    return Decode(text) is { } response ? (response, null) : (null, Replies.BadBase64);
                case LineStatus.TooLong when isWhole:
                    return (null, Replies.AuthLineTooLong);
                case LineStatus.TooLong or LineStatus.BareCrOrLf:
                    Say(status is LineStatus.TooLong ? Replies.AuthLineTooLong : Replies.BareLineEnd);
                    throw new SessionOver(await CloseAsync());
                case LineStatus.Incomplete when read.IsCompleted:
                    throw new SessionOver(SmtpSessionEnd.ClientLeft);
            }
        }
    }

    private void WriteBase64(byte[] bytes)
    {
        var span = _transport.Output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, span, out _, out var written);
        _transport.Output.Advance(written);
    }

    private static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAnyExcept(Base64Bytes))
            return null;
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) is OperationStatus.Done ? bytes[..written] : null;
    }
}
