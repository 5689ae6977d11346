namespace Modular.Tenancy.SignIn;

/// <summary>Names of this module's cookies. Over HTTPS the host puts <c>__Host-</c> before them and makes them secure; on plain HTTP, which is for the machine itself, browsers refuse that.</summary>
internal sealed class CookieNames
{
    public string Session { get; } = "modular";

    public string Form { get; } = "modular-form";

    public string Device { get; } = "modular-device";
}
