namespace Modular.Web.Kit;

/// <summary>How a tenant's public pages look: put it into <c>ViewData["Brand"]</c> of a page whose layout is <c>_Public</c>.</summary>
/// <param name="Name">The sender as recipients know it.</param>
/// <param name="LogoPath">A local address; null shows the name.</param>
/// <param name="StylesheetPath">A local address of CSS that sets <c>--brand</c> and <c>--brand-ink</c>; null keeps the suite's own. A stylesheet, because the pages allow no inline style.</param>
public sealed record PublicBrand(string Name, string? LogoPath = null, string? StylesheetPath = null);
