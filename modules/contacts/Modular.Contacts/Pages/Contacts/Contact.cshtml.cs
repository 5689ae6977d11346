using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Lists;
using Modular.Web.Kit;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class ContactModel(ContactStories stories, ContactBook book, ListBook lists, IProfiles profiles, IStringLocalizer<Texts> texts) : PageModel
{
    private static readonly Dictionary<string, JsonElement> NoFields = [];

    public ContactStory Story { get; private set; } = null!; // OnGet gives 404 when there is none

    public IReadOnlyList<(string Label, string Value)> Fields { get; private set; } = [];

    public IReadOnlyList<string> ListNames { get; private set; } = [];

    public bool MayEdit => HttpContext.Caller.May(Permissions.ContactsEdit);

    /// <summary>May we mail them, and why.</summary>
    public string Sentence => Story switch
    {
        { MayBeMailed: true } => texts["MayBeMailed"],
        { Contact.Status: not ContactStatus.Active } story => texts["MayNotStatus", story.Contact.Status.Word(), story.Contact.StatusReason ?? texts["NoReason"]],
        { Suppression: { } entry } => texts["MayNotSuppressed", entry.Source],
        _ => "",
    };

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        var reach = Reach.Of(HttpContext.Caller);
        if (await stories.TellAsync(reach, id, ct) is not { } story) return NotFound();
        Story = story;
        Fields = [.. (await profiles.FieldsAsync(tenant, ct)).Where(f => story.Contact.Fields.ContainsKey(f.Name)).Select(f => (f.Label, Text(story.Contact.Fields[f.Name])))];
        ListNames = [.. (await lists.AllAsync(reach, ct)).Where(l => story.Contact.Lists.Contains(l.ListId)).Select(l => l.Name)];
        return Page();
    }

    public async Task<IActionResult> OnPostUnsubscribeAsync(long id, CancellationToken ct)
    {
        if (!MayEdit) return Forbid();
        await book.PatchAsync(Reach.Of(HttpContext.Caller), id, null, "unsubscribed", NoFields, HttpContext.Caller.Actor, ct);
        return RedirectToPage(new { id });
    }

    /// <summary>By the word that the entry begins with: <c>Delivered: Spring news</c> is good.</summary>
    internal static Tone ToneOf(string what) => what.Split(' ', ':')[0].ToLowerInvariant() switch
    {
        "added" or "imported" or "active" or "delivered" or "opened" or "clicked" => Tone.Good,
        "bounced" or "complained" or "complaint" or "given" or "reported" => Tone.Bad,
        "unsubscribed" or "deferred" or "suppressed" => Tone.Warn,
        "queued" or "sending" => Tone.Busy,
        _ => Tone.Neutral,
    };

    private string Text(object value) => value switch
    {
        bool flag => flag ? texts["Yes"] : texts["No"],
        decimal number => number.ToString("G29", CultureInfo.CurrentCulture),
        DateOnly date => date.ToString("d MMM yyyy", CultureInfo.CurrentCulture),
        DateTimeOffset at => at.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.CurrentCulture),
        IReadOnlyList<string> words => string.Join(", ", words),
        _ => value.ToString() ?? "",
    };
}
