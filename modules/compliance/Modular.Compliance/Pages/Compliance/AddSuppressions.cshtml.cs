using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Compliance.Suppressing;
using Modular.Web.Kit;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.SuppressionEdit)]
internal sealed class AddSuppressionsModel(SuppressionAdding adding) : PageModel
{
    [BindProperty]
    public AddSuppressionsInput Input { get; set; } = new();

    public static IEnumerable<SelectListItem> Reasons => SuppressionWords.All.Reverse().Select(w => new SelectListItem(Show.Word(w), w));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var lines = (Input.Emails ?? "").Split(['\n', '\r', ',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Result<int> result = lines.Length is 0 or > SuppressionEndpoints.MostAddresses ? new NoAddresses()
            : !SuppressionWords.TryParse(Input.Reason, out var reason) ? new UnknownReason(Input.Reason)
            : await adding.AddAsync(HttpContext.Caller, lines, reason, string.IsNullOrWhiteSpace(Input.Source) ? "console" : Input.Source.Trim(), ct);
        if (result.IsOk) return Redirect("/suppressions");
        ModelState.AddModelError(result.Fault.Field switch { "emails" => "Input.Emails", "source" => "Input.Source", "reason" => "Input.Reason", _ => "" }, result.Fault.Detail);
        return Page();
    }
}

/// <summary>What was typed.</summary>
internal sealed class AddSuppressionsInput
{
    /// <summary>One address in each line.</summary>
    public string? Emails { get; set; }

    public string? Reason { get; set; }

    public string? Source { get; set; }
}
