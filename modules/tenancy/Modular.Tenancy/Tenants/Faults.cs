namespace Modular.Tenancy.Tenants;

internal sealed record BadSlug(string Slug) : Fault($"'{Slug}' is no tenant's word: use 2 to 40 lower-case letters, digits and hyphens, as in acme or acme-shoes.");

internal sealed record SlugTaken(string Slug) : Fault($"There is a tenant '{Slug}' already; nothing was changed. Choose another word, or see: modular tenant list")
{
    public override int Status => 409;
}

internal sealed record BadReason(int Longest) : Fault($"Say why, in 1 to {Longest} characters: whoever is turned away is told.");

internal sealed record KeysGone(string Slug) : Fault($"The keys of '{Slug}' were destroyed: nothing of it can be read again.")
{
    public override int Status => 409;
}

internal sealed record BadName() : Fault("A tenant's name has 1 to 100 characters.");

internal sealed record UnknownTenant(string Slug) : Fault($"There is no tenant '{Slug}'. See: modular tenant list")
{
    public override int Status => 404;
}
