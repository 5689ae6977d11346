namespace Modular.Tenancy.SignIn;

/// <summary>
/// With HTTPS every cookie of ours is <c>__Host-</c>: sent over TLS alone, and by no other host of the domain set or seen (RFC 6265bis §4.1.3.2). On plain
/// HTTP, which is for the machine itself, browsers refuse that prefix, so the names are plain.
/// </summary>
internal sealed class CookieNames(HostFacts host)
{
    public bool AreSecure { get; } = host.PublicUrl.Scheme == Uri.UriSchemeHttps;

    public string Session => Prefix + "modular";

    public string Form => Prefix + "modular-form";

    public string Device => Prefix + "modular-device";

    private string Prefix => AreSecure ? "__Host-" : "";
}
