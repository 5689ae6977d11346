using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Pages.Delivery;

/// <summary>One message's life, every module answering for its part, as <c>modular explain</c> tells it.</summary>
[NeedsPermission(Permissions.DeliveryRead), NeedsNoLimit(LimitKinds.Any)]
internal sealed class MessageModel(Ledger ledger, IEnumerable<IExplain> explainers) : PageModel
{
    private LedgerDetail? _detail;

    /// <summary>Read before the page is shown.</summary>
    public LedgerDetail Detail => _detail!;

    public IReadOnlyList<ExplainedStep> Steps { get; private set; } = [];

    public bool IsMoving => Detail.Entry.State is DeliveryState.Queued or DeliveryState.Sending or DeliveryState.Deferred;

    public string Sentence => Detail.Entry.Reason is { Length: > 0 } reason ? reason : "There is nothing to say of it yet.";

    public async Task<IActionResult> OnGetAsync(long recipientId, CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        _detail = await ledger.FindAsync(tenant, recipientId, ct);
        if (_detail is null) return NotFound();
        var subject = new ExplainSubject(tenant, recipientId, Detail.Entry.CampaignId, Detail.Entry.ContactId, Detail.Entry.Email);
        var parts = await Task.WhenAll(explainers.Select(explainer => explainer.ExplainAsync(subject, ct)));
        Steps = [.. parts.SelectMany(part => part).OrderBy(step => step.At)];
        return Page();
    }
}
