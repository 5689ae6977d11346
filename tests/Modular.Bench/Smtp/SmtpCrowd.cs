using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Modular.Bench.Smtp;

/// <summary>
/// <c>smtp crowd PORT PID [IDLE] [SLOW] [RCPT]</c>: holds idle and slow sessions open against a server and measures what they cost it and how long a normal
/// client waits meanwhile. Prints one line of JSON.
/// </summary>
internal static class SmtpCrowd
{
    private const int Rounds = 20;

    public static async Task<int> RunAsync(int port, int pid, int idle, int slow, string recipient)
    {
        var before = ResidentBytes(pid);
        var sockets = new List<Socket>(idle + slow);
        var opened = Stopwatch.StartNew();
        foreach (var page in Enumerable.Range(0, idle + slow).Chunk(200))
            sockets.AddRange(await Task.WhenAll(page.Select(_ => OpenAsync(port))));
        var openSeconds = opened.Elapsed.TotalSeconds;

        using var stop = new CancellationTokenSource();
        var trickling = TrickleAsync(sockets[idle..], stop.Token);
        var waits = new List<double>();
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            if (!await SendAsync(port, recipient))
                refused++;
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(200);
        }

        var after = ResidentBytes(pid);
        var alive = sockets[..idle].Count(s => !s.Poll(0, SelectMode.SelectRead));
        await stop.CancelAsync();
        await trickling;
        sockets.ForEach(s => s.Dispose());
        waits.Sort();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "smtp crowd",
            idle,
            slow,
            still_open = alive,
            open_seconds = Math.Round(openSeconds, 2),
            rss_before_bytes = before,
            rss_bytes = after,
            cost_bytes = after - before,
            bytes_per_session = (after - before) / Math.Max(1, idle + slow),
            normal_client_ms_median = Math.Round(waits[waits.Count / 2], 1),
            normal_client_ms_worst = Math.Round(waits[^1], 1),
            normal_client_refused = refused,
        }));
        return refused is 0 && waits[^1] < 1000 && after - before < 300_000_000 ? 0 : 1;
    }

    /// <summary>A session that has said EHLO and then says no more.</summary>
    private static async Task<Socket> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await ReplyAsync(socket);
        await socket.SendAsync("EHLO crowd.example\r\n"u8.ToArray());
        await ReplyAsync(socket);
        return socket;
    }

    /// <summary>Each slow client sends a byte of a command, again and again.</summary>
    private static async Task TrickleAsync(IReadOnlyList<Socket> sockets, CancellationToken ct)
    {
        var command = "NOOP and so on and so on and so on and so on\r\n"u8.ToArray();
        try
        {
            for (var i = 0; ; i = (i + 1) % command.Length)
            {
                foreach (var socket in sockets)
                    await socket.SendAsync(command.AsMemory(i, 1), ct);
                await Task.Delay(250, ct);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The measuring is over, or the server had enough of them.
        }
    }

    private static async Task<bool> SendAsync(int port, string recipient)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        if (!(await ReplyAsync(socket)).StartsWith("220", StringComparison.Ordinal))
            return false;
        var last = "";
        foreach (var line in new[] { "EHLO normal.example", "MAIL FROM:<>", $"RCPT TO:<{recipient}>", "DATA", "Subject: x\r\n\r\nhello\r\n." })
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
            last = await ReplyAsync(socket);
            if (last[0] is not ('2' or '3'))
                return false;
        }

        return last.StartsWith("250", StringComparison.Ordinal);
    }

    private static async Task<string> ReplyAsync(Socket socket)
    {
        var buffer = new byte[2048];
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read is 0)
                return "421 closed";
            length += read;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            var lastLine = text.TrimEnd().Split('\n')[^1];
            if (text.EndsWith('\n') && lastLine is { Length: >= 4 } && lastLine[3] is ' ')
                return text;
        }
    }

    private static long ResidentBytes(int pid) =>
        1024 * long.Parse(File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
