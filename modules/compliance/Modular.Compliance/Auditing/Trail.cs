namespace Modular.Compliance.Auditing;

/// <summary>Which trail: a tenant's own, or the installation's. The two have the same shape and different walls around them.</summary>
internal readonly record struct Trail(TenantId? Tenant)
{
    public static readonly Trail Installation;

    /// <summary>In a tenant's session its search path finds the table; the system's session names it in full.</summary>
    public string Table => Tenant is null ? "compliance.audit" : "audit";

    /// <summary>The trail's number in <c>compliance.audit_anchor</c>.</summary>
    public long Number => Tenant?.Value ?? -1;

    /// <summary>Whoever appends to this trail takes turns under this word.</summary>
    public string Lock => "audit " + (Tenant?.Schema ?? "installation");

    public override string ToString() => Tenant is { } tenant ? "tenant " + tenant : "the installation";
}
