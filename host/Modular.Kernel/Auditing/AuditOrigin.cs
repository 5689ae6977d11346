using System.Net;

namespace Modular.Kernel.Auditing;

/// <summary>From where a deed came.</summary>
/// <param name="Door">One of <see cref="AuditDoors"/>.</param>
/// <param name="Address">The client's, after trusted proxies were taken off; null where there is none, as for the suite's own work.</param>
public sealed record AuditOrigin(string Door, IPAddress? Address)
{
    private static readonly AsyncLocal<AuditOrigin?> Flowing = new();

    /// <summary>The suite's own work.</summary>
    public static AuditOrigin Inside { get; } = new(AuditDoors.System, null);

    /// <summary>Where the work at hand came from. A door sets it once for each request, session or command; it flows with the calls made from there.</summary>
    public static AuditOrigin Current
    {
        get => Flowing.Value ?? Inside;
        set => Flowing.Value = value;
    }
}

/// <summary>The doors of the suite, as the trail names them.</summary>
public static class AuditDoors
{
    public const string Console = "console";
    public const string Rest = "rest";
    public const string WebDav = "webdav";
    public const string Submission = "submission";
    public const string CommandLine = "cli";

    /// <summary>Pages that recipients see: forms, preferences, unsubscribe.</summary>
    public const string Public = "public";

    /// <summary>Workers: nobody came through a door.</summary>
    public const string System = "system";
}
