using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Capture;

/// <summary>
/// Does what a captured mail's recipient would do, with nothing but the mail in hand: reports go to our gateway by SMTP, opens and clicks follow the
/// addresses that stand in the HTML. It speaks to this machine and to the installation's own address, and to nobody else.
/// </summary>
internal sealed partial class Reactions(SmtpPorts ports, HostFacts facts, IOptions<DeliverySettings> settings, TimeProvider time, ILogger<Reactions> log) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(20),
        DefaultRequestHeaders = { { "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0" } },
    };

    /// <returns>False: our side could not take it now, do it again later.</returns>
    public async Task<bool> DoAsync(CapturedMail mail, CancellationToken ct)
    {
        var wishes = Wishes.Read(mail.To.Split('@')[0]);
        foreach (var reaction in wishes.Reactions)
        {
            var isDone = reaction switch
            {
                Reaction.LateDsn when mail.From.Length is 0 => true, // nobody to tell
                Reaction.LateDsn => await ReportAsync(mail, mail.From, Dsn(mail, wishes), ct),
                Reaction.Complain => await ReportAsync(mail, settings.Value.Gateway.FeedbackAddress + "@" + settings.Value.ReturnDomain, Complaint(mail), ct),
                Reaction.Open => await FetchAsync(mail, "img", "/o/", ct),
                Reaction.Click => await FetchAsync(mail, "a", "/c/", ct),
                _ => await UnsubscribeAsync(mail, ct),
            };
            if (!isDone) return false;
        }
        return true;
    }

    public void Dispose() => _http.Dispose();

    private byte[] Dsn(CapturedMail mail, Wishes wishes)
    {
        var report = new DeliveryReport
        {
            ReportingMta = HeaderText.Create("capture." + settings.Value.HostName),
            ArrivedAt = mail.Record.At,
            Recipients =
            [
                new RecipientReport
                {
                    FinalRecipient = HeaderText.Create(mail.To),
                    Action = DeliveryAction.Failed,
                    Status = wishes.LateStatus,
                    DiagnosticCode = HeaderText.Create($"550 {wishes.LateStatus} <{mail.To}>: found out later, as its tag asks"),
                },
            ],
        };
        var output = new ArrayBufferWriter<byte>();
        var end = mail.Content.Span.IndexOf("\r\n\r\n"u8);
        ReportWriter.Write(HeaderTo(mail, "dsn", mail.From), report, end < 0 ? mail.Content.Span : mail.Content.Span[..(end + 2)], output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>As providers send it: the whole mail, with the Return-Path that delivery put in front.</summary>
    private byte[] Complaint(CapturedMail mail)
    {
        var report = new FeedbackReport
        {
            Type = FeedbackType.Abuse,
            UserAgent = HeaderText.Create("Modular-Capture/1"),
            OriginalMailFrom = HeaderText.Create(mail.From),
            ReportingMta = HeaderText.Create("capture." + settings.Value.HostName),
            ArrivedAt = mail.Record.At,
        };
        byte[] original = [.. Encoding.ASCII.GetBytes($"Return-Path: <{mail.From}>\r\n"), .. mail.Content.Span];
        var output = new ArrayBufferWriter<byte>();
        ReportWriter.Write(HeaderTo(mail, "arf", settings.Value.Gateway.FeedbackAddress + "@" + settings.Value.ReturnDomain), report, original, output);
        return output.WrittenSpan.ToArray();
    }

    private ReportHeader HeaderTo(CapturedMail mail, string kind, string to) => new()
    {
        From = MailboxAddress.Create("mailer-daemon@capture." + settings.Value.HostName),
        To = MailboxAddress.Create(to),
        Date = mail.Record.At,
        MessageId = MessageId.Create($"{kind}.{mail.Record.Connection:x}.{mail.Number}@capture.{settings.Value.HostName}"),
    };

    private async Task<bool> ReportAsync(CapturedMail mail, string to, byte[] report, CancellationToken ct)
    {
        try
        {
            var options = new SmtpClientOptions { HeloName = "capture." + settings.Value.HostName, Tls = TlsPolicy.Never, CommandTimeout = TimeSpan.FromSeconds(30) };
            await using var connection = await SmtpConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports.Gateway), options, time, ct);
            var outcome = await connection.SendAsync(new OutgoingEnvelope("", to), report, ct);
            await connection.QuitAsync(ct);
            if (outcome is SmtpOutcome.Refused { Reply.IsPermanent: true } refused) LogRefused(mail.Number, refused.Reply.ToString());
            return outcome is SmtpOutcome.Accepted or SmtpOutcome.Unsuited or SmtpOutcome.Refused { Reply.IsPermanent: true };
        }
        catch (SmtpException)
        {
            return false;
        }
    }

    private async Task<bool> FetchAsync(CapturedMail mail, string element, string path, CancellationToken ct)
    {
        var html = MimeMessage.Parse(mail.Content).Body.Leaves().FirstOrDefault(part => part.ContentType.Is("text", "html"))?.DecodeText() ?? "";
        foreach (Match match in (element is "img" ? Images() : Links()).Matches(html))
        {
            if (!Uri.TryCreate(WebUtility.HtmlDecode(match.Groups["url"].Value), UriKind.Absolute, out var url)) continue;
            if (!url.AbsolutePath.StartsWith(path, StringComparison.Ordinal) || !IsOurs(url)) continue;
            return await AskAsync(new HttpRequestMessage(HttpMethod.Get, url), mail.Number, ct);
        }
        LogNothing(mail.Number, element, path);
        return true;
    }

    private async Task<bool> UnsubscribeAsync(CapturedMail mail, CancellationToken ct)
    {
        var field = MimeMessage.Parse(mail.Content).Headers.Find("List-Unsubscribe")?.Value ?? "";
        foreach (var target in field.Split(',').Select(part => part.Trim().Trim('<', '>')))
        {
            if (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || !IsOurs(url)) continue;
            return await AskAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent("List-Unsubscribe=One-Click", Encoding.ASCII, "application/x-www-form-urlencoded") }, mail.Number, ct);
        }
        LogNothing(mail.Number, "List-Unsubscribe", "");
        return true;
    }

    private async Task<bool> AskAsync(HttpRequestMessage request, long number, CancellationToken ct)
    {
        try
        {
            using var _ = request;
            using var answer = await _http.SendAsync(request, ct);
            if ((int)answer.StatusCode is >= 400 and < 500 and not 408 and not 429) LogHttp(number, request.Method.Method, (int)answer.StatusCode);
            return (int)answer.StatusCode is < 500 and not 408 and not 429;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private bool IsOurs(Uri url) =>
        url.Scheme is "http" or "https" && (url.Authority == facts.PublicUrl.Authority || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address)));

    [GeneratedRegex("<img\\s[^>]*?src\\s*=\\s*[\"']?(?<url>[^\"'\\s>]+)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Images();

    [GeneratedRegex("<a\\s[^>]*?href\\s*=\\s*[\"']?(?<url>[^\"'\\s>]+)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Captured mail {Number}: the gateway refused its report: {Reply}")]
    private partial void LogRefused(long number, string reply);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Captured mail {Number}: its {Method} was answered with {Status}")]
    private partial void LogHttp(long number, string method, int status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Captured mail {Number} has no {Element} that leads to {Path}")]
    private partial void LogNothing(long number, string element, string path);
}
