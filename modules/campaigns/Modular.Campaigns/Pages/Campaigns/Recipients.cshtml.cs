using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Drafting;
using Modular.Contacts;
using Modular.Delivery;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>The ledger: one row a recipient, with the far side's words.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class RecipientsModel(CampaignAnalysis analysis, IAudiences audiences, IProfiles profiles) : CampaignPage
{
    private const int Size = 50;

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<RecipientLine> Lines { get; private set; } = [];

    public IReadOnlyDictionary<long, string> Addresses { get; private set; } = new Dictionary<long, string>();

    public string? Next { get; private set; }

    public IEnumerable<(string Word, long Count)> States
    {
        get
        {
            var ledger = Figures.Ledger;
            return new[]
            {
                (DeliveryState.Queued.Word(), ledger.Queued), (DeliveryState.Sending.Word(), ledger.Sending), (DeliveryState.Delivered.Word(), ledger.Delivered),
                (DeliveryState.Deferred.Word(), ledger.Deferred), (DeliveryState.Bounced.Word(), ledger.Bounced), (DeliveryState.GivenUp.Word(), ledger.GivenUp),
                (DeliveryState.Suppressed.Word(), ledger.Suppressed), (DeliveryState.Skipped.Word(), ledger.Skipped),
            }.Where(s => s.Item2 > 0);
        }
    }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        var tenant = HttpContext.Caller.Tenant;
        CampaignEndpoints.TryCursor(Cursor, out var after);
        (Lines, var last) = await analysis.RecipientsAsync(tenant, id, DeliveryStateWords.Find(State), after, Size, ct);
        Next = last?.ToString(CultureInfo.InvariantCulture);
        if (HttpContext.Caller.May(Permissions.ContactsRead) && Lines.Count > 0)
            Addresses = (await profiles.OpenAsync(tenant, await SeenAsync([.. Lines.Select(l => l.Entry.ContactId).Distinct()], ct), ct)).ToDictionary(p => p.ContactId, p => p.Email.Text);
        return Page();
    }

    /// <summary>Whoever reaches some lists alone sees nobody who has left these since.</summary>
    private async Task<IReadOnlyCollection<long>> SeenAsync(long[] contacts, CancellationToken ct) =>
        Reach.Lists is { } lists ? await audiences.OnListsAsync(Reach.Tenant, lists, contacts, ct) : contacts;
}
