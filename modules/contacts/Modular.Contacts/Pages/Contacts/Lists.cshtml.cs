using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Contacts.Lists;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class ListsModel(ListBook book) : PageModel
{
    public IReadOnlyList<ContactList> Lists { get; private set; } = [];

    [BindProperty]
    public string? Name { get; set; }

    public bool MayManage => HttpContext.Caller.May(Permissions.ListsManage);

    public async Task OnGetAsync(CancellationToken ct) => Lists = await book.AllAsync(HttpContext.Caller.Tenant, ct);

    [NeedsPermission(Permissions.ListsManage)]
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var added = await book.AddAsync(HttpContext.Caller.Tenant, Name ?? "", ct);
        if (added.IsOk) return RedirectToPage();
        ModelState.AddModelError(nameof(Name), added.Fault.Detail);
        await OnGetAsync(ct);
        return Page();
    }
}
