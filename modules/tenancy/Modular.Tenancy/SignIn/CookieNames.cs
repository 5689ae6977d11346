namespace Modular.Tenancy.SignIn;

/// <summary>Names of this module's cookies. Over HTTPS the host puts <c>__Host-</c> before them and makes them secure; on plain HTTP, which is for the machine itself, browsers refuse that.</summary>
internal sealed class CookieNames
{
    public string Session { get; } = "modular";

    public string Form { get; } = "modular-form";

    public string Device { get; } = "modular-device";

    /// <summary>Of a sign-in that waits for the second factor.</summary>
    public string Step { get; } = "modular-step";

    /// <summary>The question that a passkey is asked before anyone is known.</summary>
    public string Passkey { get; } = "modular-passkey";
}
