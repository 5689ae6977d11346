namespace Modular.Kernel.Sealing;

/// <summary>
/// The blind index of an address within one tenant: 128 bits of a keyed hash over <see cref="EmailAddress.Key"/>, a <c>uuid</c> in PostgreSQL.
/// Equal addresses of one tenant have equal indexes; across tenants they differ, and nobody without the tenant's key can compute one.
/// </summary>
public readonly record struct EmailIndex(Guid Value);
