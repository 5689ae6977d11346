using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>Our client and our server, on real sockets.</summary>
public sealed class LoopbackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_messages_arrive_once_each_as_they_were_and_never_before_their_predecessor_is_durable()
    {
        var handler = new Keeper();
        await using var server = new LoopbackServer(handler, Options());
        var durable = new ConcurrentDictionary<int, bool>();
        handler.OnMessage = number => Assert.True(number % 2500 is 0 || durable.ContainsKey(number - 1), $"{number} ended too early");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            async () =>
            {
                await using var connection = await ConnectAsync(server, TlsPolicy.Never);
                var task = Task.CompletedTask;
                for (var i = worker * 2500; i <= (worker + 1) * 2500; i++)
                {
                    var isEnd = i == (worker + 1) * 2500;
                    var before = i - 1;
                    var step = await connection.Pipeline.StepAsync(isEnd ? null : new OutgoingEnvelope("a@sender.example", $"u{i}@local.test"), Ct);
                    if (step.Previous is not null)
                    {
                        Assert.IsType<SmtpOutcome.Accepted>(step.Previous);
                        task = Task.Run(() => durable[before] = true, Ct);
                    }

                    Assert.Null(step.Decided);
                    if (!isEnd)
                        await connection.Pipeline.TransmitAsync(Wire.Bytes(Content(i)), task, Ct);
                }

                await connection.QuitAsync(Ct);
            },
            Ct)));

        Assert.Equal(10_000, handler.Messages.Count);
        Assert.All(handler.Messages, message => Assert.Equal(Content(message.Key), message.Value));
        Assert.Empty(handler.Faults);
    }

    [Fact]
    public async Task Tls_is_used_where_it_is_offered()
    {
        var handler = new Keeper();
        await using var server = new LoopbackServer(handler, Options() with { Tls = new() { ServerCertificate = TestCertificate.Value } });
        await using var connection = await ConnectAsync(server, TlsPolicy.Opportunistic);

        Assert.NotNull(connection.Tls);
        Assert.False(connection.Capabilities.StartTls);
        Assert.True(connection.Capabilities is { Pipelining: true, EightBitMime: true, SmtpUtf8: true, EnhancedStatusCodes: true, Dsn: true, MaxMessageBytes: > 0 });
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("", "u1@local.test"), Wire.Bytes(Content(1)), Ct));
        await connection.QuitAsync(Ct);
        Assert.Equal(Content(1), handler.Messages[1]);
    }

    [Fact]
    public async Task A_certificate_is_verified_against_the_name_and_the_trusted_roots_when_that_is_asked_for()
    {
        await using var server = new LoopbackServer(new Keeper(), Options() with { Tls = new() { ServerCertificate = TestCertificate.Value } });
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { TestCertificate.Value } };

        Task<SmtpConnection> TryAsync(string name, X509ChainPolicy? chain) => SmtpConnection.ConnectAsync(
            server.EndPoint, new SmtpClientOptions { HeloName = "c.example", Tls = TlsPolicy.Verified, ServerName = name, TrustedChain = chain }, TimeProvider.System, Ct);

        await using (var connection = await TryAsync("mx.local.test", trust))
            Assert.NotNull(connection.Tls);
        Assert.Equal(SmtpStage.Tls, (await Assert.ThrowsAsync<SmtpException>(() => TryAsync("mx.other.test", trust))).Stage);
        Assert.Equal(SmtpStage.Tls, (await Assert.ThrowsAsync<SmtpException>(() => TryAsync("mx.local.test", null))).Stage);
    }

    [Fact]
    public async Task Large_content_goes_in_blocks()
    {
        var handler = new Keeper();
        await using var server = new LoopbackServer(handler, Options());
        await using var connection = await ConnectAsync(server, TlsPolicy.Never);
        var content = Content(7) + string.Concat(Enumerable.Repeat(".line\r\n", 300_000));

        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("", "u7@local.test"), Wire.Bytes(content), Ct));

        Assert.Equal(content, handler.Messages[7]);
    }

    private static SmtpServerOptions Options() => new() { HostName = "mx.local.test", IsTrusted = static _ => true };

    private static Task<SmtpConnection> ConnectAsync(LoopbackServer server, TlsPolicy tls) =>
        SmtpConnection.ConnectAsync(server.EndPoint, new SmtpClientOptions { HeloName = "client.example", Tls = tls }, TimeProvider.System, Ct);

    private static string Content(int number) => string.Create(CultureInfo.InvariantCulture,
        $"Subject: {number}\r\n\r\n.{new string('x', number % 70)}\r\n..\r\n{string.Concat(Enumerable.Repeat("line\r\n", number % 300))}");

    private sealed class Keeper : ISmtpServerHandler
    {
        public ConcurrentDictionary<int, string> Messages { get; } = new();

        public ConcurrentQueue<Exception> Faults { get; } = [];

        public Action<int> OnMessage { get; set; } = static _ => { };

        public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) => default;

        public ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
        {
            var number = int.Parse(envelope.Recipients[0].Path.LocalPart.AsSpan(1), CultureInfo.InvariantCulture);
            OnMessage(number);
            return ValueTask.FromResult(Messages.TryAdd(number, Wire.Text(content.Span)) ? new SmtpReply(250, "2.0.0", "Stored") : new SmtpReply(554, "5.0.0", "Twice"));
        }

        public void Faulted(SmtpPeer peer, Exception fault) => Faults.Enqueue(fault);
    }
}
