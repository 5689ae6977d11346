using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Bench.Smtp;

/// <summary><c>smtp serve PORT [refuse]</c>: the SMTP server on Kestrel, accepting everything and keeping nothing, with STARTTLS.</summary>
internal static class SmtpServe
{
    public static async Task RunAsync(int port, BareLineEnds bareLineEnds)
    {
        using var certificate = SelfSigned();
        var handler = new Discard();
        var options = new SmtpServerOptions
        {
            HostName = "bench.modular.test",
            BareLineEnds = bareLineEnds,
            Tls = SmtpTls.Server(certificate),
            IsTrusted = static _ => true,
            MaxSessions = 16_384,
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new SmtpServer(options, handler, TimeProvider.System));
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(port, l => l.UseConnectionHandler<Listener>()));
        await using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine($"listening on {port}, process {Environment.ProcessId}");
        await host.WaitForShutdownAsync();
        Console.WriteLine($"{handler.Messages} messages, {handler.Bytes} bytes");
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Listener(SmtpServer server, IHostApplicationLifetime lifetime) : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) => server.RunSessionAsync(
            connection.Transport, ((IPEndPoint)connection.RemoteEndPoint!).Address, null, lifetime.ApplicationStopping, CancellationToken.None);
    }

    private sealed class Discard : ISmtpServerHandler
    {
        private static readonly SmtpReply Queued = new(250, "2.0.0", "queued");

        private long _messages, _bytes;

        public long Messages => _messages;

        public long Bytes => _bytes;

        public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) => default;

        public ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, content.Length);
            return ValueTask.FromResult(Queued);
        }

        public void Faulted(SmtpPeer peer, Exception fault) => Console.Error.WriteLine(fault);
    }
}
