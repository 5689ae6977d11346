using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Modular.Mail.Tests.Smtp;

/// <summary>
/// A server on loopback that says what its script says. The script gets the place (banner, EHLO, HELO, LHLO, STARTTLS, MAIL, RCPT, DATA, dot,
/// BDAT, RSET, QUIT) and how often the session has been there, from 1. <see cref="Close"/> closes in the reply's place, <see cref="Hang"/> says nothing.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Close = "<close>", Hang = "<hang>";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, int, string?> _script;
    private readonly Task _running;

    public ScriptedServer(Func<string, int, string?> script)
    {
        _script = script;
        _listener.Start();
        _running = RunAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>What came between DATA and its dot, as it was on the wire.</summary>
    public ConcurrentQueue<string> Contents { get; } = [];

    public int Sessions { get; private set; }

    /// <summary>A server that does everything right, with the given extensions, except where the script says otherwise.</summary>
    public static ScriptedServer Polite(string extensions, Func<string, int, string?> script) => new(script) { Extensions = extensions.Split(',') };

    private string[]? Extensions { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Sessions++;
        using var _ = client;
        var session = new Session();
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1, leaveOpen: true);
        try
        {
            if (!await SayAsync(stream, session, "banner"))
                return;
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Commands.Enqueue(line);
                var verb = line.Split(' ')[0].ToUpperInvariant();
                if (verb is "BDAT" && line.Split(' ') is [_, not "0" and var size, ..])
                {
                    var chunk = new char[int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)];
                    await reader.ReadBlockAsync(chunk, _stop.Token);
                    Contents.Enqueue(new string(chunk));
                }

                if (!await SayAsync(stream, session, verb))
                    return;
                if (verb is not "DATA" || !session.LastReply.StartsWith('3'))
                    continue;
                var content = new System.Text.StringBuilder();
                while (await reader.ReadLineAsync(_stop.Token) is { } text)
                {
                    if (text is ".")
                    {
                        Contents.Enqueue(content.ToString());
                        if (!await SayAsync(stream, session, "dot"))
                            return;
                        break;
                    }

                    content.Append(text).Append("\r\n");
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The client went.
        }
    }

    private async Task<bool> SayAsync(NetworkStream stream, Session session, string at)
    {
        var count = session.Counts[at] = session.Counts.GetValueOrDefault(at) + 1;
        var reply = _script(at, count) ?? Politely(session, at, count);
        session.Note(at, reply);
        if (reply is Hang)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        var closes = reply.EndsWith(Close, StringComparison.Ordinal);
        await stream.WriteAsync(Wire.Bytes(closes ? reply[..^Close.Length] : reply), _stop.Token);
        return !closes;
    }

    private string Politely(Session session, string at, int count) => (at, Extensions) switch
    {
        (_, null) => "500 5.5.1 what\r\n",
        ("banner", _) => "220 mx ESMTP\r\n",
        ("EHLO" or "LHLO", { } words) => string.Concat(words.Prepend("mx").Select((word, i) => (i == words.Length ? "250 " : "250-") + word + "\r\n")),
        ("RCPT", _) when !session.HasSender => "503 5.5.1 MAIL first\r\n",
        ("DATA", _) when !session.HasRecipient => "554 5.5.1 no valid recipients\r\n",
        ("DATA", _) => "354 go\r\n",
        ("dot", _) => $"250 2.0.0 queued as {count}\r\n",
        ("QUIT", _) => "221 2.0.0 bye\r\n",
        _ => "250 2.0.0 ok\r\n",
    };

    private sealed class Session
    {
        public Dictionary<string, int> Counts { get; } = [];

        public string LastReply { get; private set; } = "";

        public bool HasSender { get; private set; }

        public bool HasRecipient { get; private set; }

        public void Note(string at, string reply)
        {
            LastReply = reply;
            HasSender = at is "MAIL" ? reply.StartsWith('2') : HasSender && at is not ("RSET" or "dot");
            HasRecipient = HasSender && (HasRecipient || at is "RCPT") && (at is not "RCPT" || HasRecipient || reply.StartsWith('2'));
        }
    }
}
