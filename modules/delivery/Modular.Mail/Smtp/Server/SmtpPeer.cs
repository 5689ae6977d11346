using System.Net;
using System.Security.Authentication;

namespace Modular.Mail.Smtp.Server;

/// <summary>What is known of the client at this moment of the session.</summary>
/// <param name="Address">An IPv4 address is never in its IPv6-mapped form.</param>
/// <param name="Helo">The name it gave, empty before. It is a claim, of printable ASCII without blanks.</param>
/// <param name="SaidEhlo">False for the old HELO.</param>
/// <param name="Tls">Null in clear.</param>
/// <param name="Identity">Null before it signed in.</param>
public sealed record SmtpPeer(IPAddress Address, string Helo = "", bool SaidEhlo = false, TlsFacts? Tls = null, SmtpIdentity? Identity = null);

/// <summary>How a session is encrypted, for the Received field (RFC 8314 §4.3).</summary>
public sealed record TlsFacts(SslProtocols Protocol, string CipherSuite);
