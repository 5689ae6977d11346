using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Tenancy.Roles;

namespace Modular.Tenancy.Pages.Tenancy;

internal static class RoleOffers
{
    extension(RoleBook roles)
    {
        /// <summary>What a form offers: the roles that the caller may give, and the one that the person has.</summary>
        public async Task<IReadOnlyList<SelectListItem>> OffersAsync(Caller caller, string? present, CancellationToken ct) =>
            [.. (await roles.ListAsync(caller.Tenant, ct)).Where(r => r.Role.Name == present || Granting.FaultOf(caller, r.Role) is null).Select(r => new SelectListItem(r.Role.Name, r.Role.Name))];
    }
}
