using System.Globalization;
using System.Text;

namespace Modular.Host.Postgres;

/// <summary>The server's settings, written to <c>modular.conf</c> at every start. The operator's own (<c>Database:Settings:name</c>) come last and win.</summary>
internal static class ClusterSettings
{
    public static string Write(ClusterFiles files, int port, IReadOnlyDictionary<string, string> operators)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = files.SocketFits ? "" : "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = files.SocketFits ? files.Sockets : "",
            ["unix_socket_permissions"] = "0700",
            ["ssl"] = "off",                            // loopback only
            ["max_connections"] = "300",
            ["shared_buffers"] = "256MB",
            ["max_wal_size"] = "4GB",                   // a campaign writes its ledger in bursts: fewer forced checkpoints
            ["checkpoint_timeout"] = "15min",
            ["wal_compression"] = "on",
            ["jit"] = "off",                            // our statements are short: compiling them costs more than running them
            ["logging_collector"] = "on",               // the server outlives the process that started it, so its log is its own
            ["log_directory"] = files.Log,
            ["log_filename"] = "postgresql-%a.log",
            ["log_truncate_on_rotation"] = "on",
            ["log_rotation_age"] = "1d",
            ["log_rotation_size"] = "0",
            ["log_min_error_statement"] = "panic",      // a failed statement's text may hold a role's password
        };
        foreach (var (name, value) in operators)
            settings[name] = value;

        var text = new StringBuilder("# Written by Modular at every start: change Database:Settings in modular.json instead.\n");
        foreach (var (name, value) in settings)
            text.Append(CultureInfo.InvariantCulture, $"{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'\n");
        return text.ToString();
    }
}
