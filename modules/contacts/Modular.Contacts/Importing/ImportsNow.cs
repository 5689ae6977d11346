using Modular.Web.Kit;

namespace Modular.Contacts.Importing;

/// <summary>Imports that run or failed since yesterday, for the dashboard.</summary>
internal sealed class ImportsNow(ImportJobs jobs, TimeProvider time) : IDashboardPart
{
    private const int Looked = 20;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    public int Order => 15;

    public string Permission => Permissions.ContactsRead;

    public string View => "/Pages/Contacts/_ImportsNow.cshtml";

    public async Task<DashboardContent?> LookAsync(Caller caller, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var shown = (await jobs.ListAsync(Reach.Of(caller), null, Looked, ct)).Where(j => !j.IsOver || j.State == "failed" && j.FinishedAt > now - Recent).ToList();
        return shown.Count == 0 ? null : new DashboardContent(new Shown(shown, now), IsMoving: shown.Exists(j => !j.IsOver));
    }

    internal sealed record Shown(IReadOnlyList<ImportJob> Jobs, DateTimeOffset Now);
}
