namespace Modular.Kernel.Data;

/// <summary>
/// Where the database is, and the system's own login there. Tenant logins differ in user name and password alone. It is known once the host has
/// opened the database: a command that never touches it starts without one.
/// </summary>
public sealed class DatabaseAddress
{
    private string? _connectionString;

    public DatabaseAddress()
    {
    }

    public DatabaseAddress(string connectionString) => _connectionString = connectionString;

    /// <summary>Npgsql's form, as the system's runtime login.</summary>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The database is not open yet.");

    /// <summary>Called once, by the host.</summary>
    public void Open(string connectionString) => _connectionString = connectionString;
}
