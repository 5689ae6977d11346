namespace Modular.Kernel.Modules;

/// <summary>What this process does (<c>Host:Roles</c>); all of it unless told otherwise. A module starts only the workers of the roles that are on.</summary>
[Flags]
public enum HostRoles
{
    /// <summary>A command of the command line: no listeners, no workers.</summary>
    None = 0,

    /// <summary>Console, REST, drop folders, public pages.</summary>
    Web = 1,

    /// <summary>SMTP listeners: gateway, submission, capture.</summary>
    Gateway = 2,

    /// <summary>Sends mail.</summary>
    Sender = 4,

    /// <summary>Everything else that runs by itself: imports, audiences, reading returns, maintenance, the outbox.</summary>
    Worker = 8,

    All = Web | Gateway | Sender | Worker,
}

/// <summary>Facts of this installation that every module may need.</summary>
/// <param name="DataFolder">Absolute path; each module keeps its files in a folder of its own name below it.</param>
/// <param name="PublicUrl">What links in mails begin with; no trailing slash.</param>
/// <param name="Ports">The TCP ports in use, so that nobody guesses.</param>
public sealed record HostFacts(string DataFolder, Uri PublicUrl, HostRoles Roles, HostPorts Ports)
{
    public string FolderOf(string module) => Directory.CreateDirectory(Path.Combine(DataFolder, module)).FullName;

    public bool Is(HostRoles role) => (Roles & role) != 0;
}

/// <summary>0 anywhere means: any free port, known only after the start.</summary>
/// <param name="Console">Plain HTTP.</param>
/// <param name="Smtps">Submission with implicit TLS (RFC 8314 §3.3).</param>
/// <param name="Https">The same console, REST and drop folders over TLS.</param>
public sealed record HostPorts(int Console, int Gateway, int Submission, int Smtps, int Capture, int Https = 0);
