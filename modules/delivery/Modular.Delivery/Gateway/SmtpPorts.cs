using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Modular.Delivery.Gateway;

/// <summary>The ports that our SMTP listeners are really bound to; the configured ones until they listen.</summary>
internal sealed class SmtpPorts(HostFacts facts)
{
    private ListenOptions? _gateway, _submission, _smtps, _capture;

    public int Gateway => Of(_gateway, facts.Ports.Gateway);

    public int Submission => Of(_submission, facts.Ports.Submission);

    /// <summary>TLS from the first byte.</summary>
    public int Smtps => Of(_smtps, facts.Ports.Smtps);

    public int Capture => Of(_capture, facts.Ports.Capture);

    public void GatewayListens(ListenOptions options) => _gateway ??= options;

    public void SubmissionListens(ListenOptions options) => _submission ??= options;

    public void SmtpsListens(ListenOptions options) => _smtps ??= options;

    public void CaptureListens(ListenOptions options) => _capture ??= options;

    /// <summary>Where any free port was asked for, Kestrel writes the one it got into the endpoint.</summary>
    private static int Of(ListenOptions? options, int configured) => (options?.EndPoint as IPEndPoint)?.Port is > 0 and var port ? port : configured;
}
