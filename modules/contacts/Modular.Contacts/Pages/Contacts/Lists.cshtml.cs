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

    public bool MayManage => HttpContext.Caller.May(Permissions.ListsManage) && Reach.Of(HttpContext.Caller).IsWhole;

    public async Task OnGetAsync(CancellationToken ct) => Lists = await book.AllAsync(Reach.Of(HttpContext.Caller), ct);

    [NeedsPermission(Permissions.ListsManage)]
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var added = await book.AddAsync(Reach.Of(HttpContext.Caller), Name ?? "", ct);
        if (added.IsOk) return RedirectToPage();
        ModelState.AddModelError(nameof(Name), added.Fault.Detail);
        await OnGetAsync(ct);
        return Page();
    }
}
