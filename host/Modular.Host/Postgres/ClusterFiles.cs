using System.Globalization;
using System.Text;

namespace Modular.Host.Postgres;

/// <summary>Where the private PostgreSQL keeps its things, below one folder of the data folder.</summary>
internal sealed record ClusterFiles(string Root)
{
    /// <summary><c>sun_path</c> holds 107 bytes, and PostgreSQL puts <c>/.s.PGSQL.5432.lock</c> behind the folder.</summary>
    private const int LongestSocketFolder = 107 - 19;

    public string Data => Path.Combine(Root, "data");
    public string Sockets => Path.Combine(Root, "s");
    public string Log => Path.Combine(Root, "log");
    public string StartLog => Path.Combine(Log, "start.log");
    public string Secret => Path.Combine(Root, "superuser.secret");
    public string PidFile => Path.Combine(Data, "postmaster.pid");
    public string Settings => Path.Combine(Data, "modular.conf");

    /// <summary>Held by the process that serves: one host per cluster.</summary>
    public string HostLock => Path.Combine(Root, "host.lock");

    /// <summary>Held, shared, by every process that uses the server; the last one out stops it.</summary>
    public string UsersLock => Path.Combine(Root, "users.lock");

    /// <summary>Held while the server is started or stopped.</summary>
    public string StartLock => Path.Combine(Root, "start.lock");

    /// <summary>A Unix socket is about three times as fast as TCP on loopback, and needs no port.</summary>
    public bool SocketFits => Encoding.UTF8.GetByteCount(Sockets) <= LongestSocketFolder;

    /// <summary>The major version that wrote the cluster; null when there is none. initdb's result is moved here whole, so this file stands for all.</summary>
    public int? Version()
    {
        var file = Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }
}
