using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Importing;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsImport)]
[RequestSizeLimit(MaxBytes)]
[RequestFormLimits(MultipartBodyLengthLimit = MaxBytes)]
internal sealed class NewImportModel(Uploads uploads, IStringLocalizer<Texts> texts) : PageModel
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

    public static void OnGet()
    {
        // Only the form is shown.
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (File is null)
        {
            ModelState.AddModelError(nameof(File), texts["FileMissing"]);
            return Page();
        }
        var caller = HttpContext.Caller;
        await using var content = File.OpenReadStream();
        var stored = await uploads.StoreAsync(caller.Tenant, Path.GetFileName(File.FileName), content, ct);
        var started = stored.IsOk
            ? await uploads.ImportAsync(caller.Tenant, stored.Value, new ImportSettings { List = string.IsNullOrWhiteSpace(List) ? null : List.Trim(), CreateFields = CreateFields }, caller.Actor, ct)
            : stored.Fault;
        if (started.Fault is { } fault)
        {
            ModelState.AddModelError(nameof(File), fault.Detail);
            return Page();
        }
        return Redirect($"/contacts/imports/{started.Value}");
    }
}
