using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Importing;
using Modular.Contacts.Lists;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsImport)]
[RequestSizeLimit(MaxBytes)]
[RequestFormLimits(MultipartBodyLengthLimit = MaxBytes)]
internal sealed class NewImportModel(Uploads uploads, ListBook lists, IStringLocalizer<Texts> texts) : PageModel
{
    /// <summary>Bytes of a file sent by a browser; larger ones go through the drop folder.</summary>
    private const long MaxBytes = 512L << 20;

    [BindProperty]
    public new IFormFile? File { get; set; }

    [BindProperty]
    public string? List { get; set; }

    [BindProperty]
    public bool CreateFields { get; set; }

    public string DropFolder => $"/dav/{HttpContext.Caller.TenantSlug}/import/";

    /// <summary>The lists to choose from for whoever reaches some alone; empty for others, who name any.</summary>
    public IReadOnlyList<SelectListItem> OwnLists { get; private set; } = [];

    public bool IsWhole => Reach.Of(HttpContext.Caller).IsWhole;

    public Task OnGetAsync(CancellationToken ct) => OfferAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await OfferAsync(ct);
        if (File is null)
        {
            ModelState.AddModelError(nameof(File), texts["FileMissing"]);
            return Page();
        }
        var caller = HttpContext.Caller;
        var settings = new ImportSettings { List = string.IsNullOrWhiteSpace(List) ? null : List.Trim(), CreateFields = CreateFields };
        if (await uploads.CheckAsync(Reach.Of(caller), settings, ct) is { } outside)
        {
            ModelState.AddModelError(outside.Field is "list" ? nameof(List) : nameof(CreateFields), outside.Detail);
            return Page();
        }
        await using var content = File.OpenReadStream();
        var stored = await uploads.StoreAsync(caller.Tenant, Path.GetFileName(File.FileName), content, ct);
        var started = stored.IsOk
            ? await uploads.ImportAsync(Reach.Of(caller), stored.Value, settings, caller.Actor, ct)
            : stored.Fault;
        if (started.Fault is { } fault)
        {
            ModelState.AddModelError(nameof(File), fault.Detail);
            return Page();
        }
        return Redirect($"/contacts/imports/{started.Value}");
    }

    private async Task OfferAsync(CancellationToken ct)
    {
        if (!IsWhole) OwnLists = [.. (await lists.AllAsync(Reach.Of(HttpContext.Caller), ct)).Select(list => new SelectListItem(list.Name, list.Name))];
    }
}
