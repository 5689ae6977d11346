using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Fields;
using Modular.Contacts.Segments;
using Modular.Web.Kit;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class SegmentModel(SegmentBook book, FieldBook fieldBook, Audiences audiences, IStringLocalizer<Texts> texts) : PageModel
{
    private const string Example = """{"and": [{"status": "active"}, {"field": "first_name", "op": "starts", "value": "A"}]}""";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public Segment? Stored { get; private set; }

    public AudienceSize? Size { get; private set; }

    public string FieldNames { get; private set; } = "";

    public bool MayManage => HttpContext.Caller.May(Permissions.ListsManage) && IsWhole;

    /// <summary>A definition may name people and lists, so only those who reach all of them read it; others use it.</summary>
    public bool IsWhole => Reach.Of(HttpContext.Caller).IsWhole;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Definition { get; set; }

    public string Sentence => Size is { } size ? texts["SegmentSize", Show.Count(size.Contacts), Show.Count(size.Active)] : texts["SegmentsSentence"];

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        Name = Stored?.Name;
        if (IsWhole || Stored is null) Definition = JsonNode.Parse(Stored?.Definition ?? Example)?.ToJsonString(Indented);
        if (Stored is not null) Size = await audiences.CountAsync(Reach.Of(HttpContext.Caller), Stored.SegmentId, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, string? act, CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (!await LoadAsync(id, ct)) return NotFound();
        if (act == "count")
        {
            var fields = await fieldBook.LoadAsync(caller.Tenant, ct);
            var node = SegmentReader.Read(Definition ?? "", fields);
            var reach = Reach.Of(caller);
            if (node.IsOk && !SegmentPredicate.Lists(node.Value).All(reach.Holds)) ModelState.AddModelError(nameof(Definition), new NotFound("list").Detail);
            else if (node.IsOk) Size = await audiences.CountAsync(reach, node.Value, fields, ct);
            else ModelState.AddModelError(nameof(Definition), node.Fault.Detail);
            return Page();
        }
        if (!MayManage) return Forbid();
        var saved = await book.SaveAsync(caller.Tenant, Stored?.SegmentId, Name, Definition ?? "", caller.Actor, ct);
        if (saved.IsOk) return Redirect($"/contacts/segments/{saved.Value.SegmentId}");
        ModelState.AddModelError(saved.Fault.Field == "name" ? nameof(Name) : nameof(Definition), saved.Fault.Detail);
        return Page();
    }

    private async Task<bool> LoadAsync(string id, CancellationToken ct)
    {
        FieldNames = string.Join(", ", (await fieldBook.LoadAsync(HttpContext.Caller.Tenant, ct)).All.Select(f => f.Name).Prepend("email"));
        if (id == "new") return true;
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var segmentId)) return false;
        Stored = await book.FindAsync(HttpContext.Caller.Tenant, segmentId, ct);
        return Stored is not null;
    }
}
