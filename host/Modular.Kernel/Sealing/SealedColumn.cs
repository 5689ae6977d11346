using Microsoft.Extensions.DependencyInjection;

namespace Modular.Kernel.Sealing;

/// <summary>
/// A column that holds sealed bytes, as its module declares it: from these declarations a rotation of keys knows what to seal anew. Every <c>bytea</c> column of every
/// migration is declared as this or as <see cref="UnsealedColumn"/>; a test compares.
/// </summary>
/// <param name="Table">A tenant's table by its plain name; a system table with its schema (<c>tenancy.user_account</c>).</param>
/// <param name="IdColumn">The <c>bigint</c> key whose value the sealing is bound to; a <see cref="IsTenants">tenant's</see> rotation walks along it.</param>
/// <param name="Column">Null values are left alone.</param>
/// <param name="Purpose">As given to <see cref="ISealer.Seal"/>.</param>
public sealed record SealedColumn(string Table, string IdColumn, string Column, string Purpose)
{
    /// <summary>Sealed under a tenant's key; the others are under the installation's.</summary>
    public bool IsTenants => !Table.Contains('.', StringComparison.Ordinal);

    public override string ToString() => $"{Table}.{Column}";
}

/// <summary>A column of bytes that seals nothing.</summary>
/// <param name="Why">What it holds, and why that is no secret and nobody's data.</param>
public sealed record UnsealedColumn(string Table, string Column, string Why);

public static class ColumnRegistration
{
    public static IServiceCollection AddSealedColumn(this IServiceCollection services, string table, string idColumn, string column, string purpose) =>
        services.AddSingleton(new SealedColumn(table, idColumn, column, purpose));

    public static IServiceCollection AddUnsealedColumn(this IServiceCollection services, string table, string column, string why) =>
        services.AddSingleton(new UnsealedColumn(table, column, why));
}
