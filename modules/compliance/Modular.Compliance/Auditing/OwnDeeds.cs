using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <inheritdoc cref="IOwnDeeds"/>
internal sealed class OwnDeeds(TrailReader reader) : IOwnDeeds
{
    /// <summary>Changes of the address that are followed back.</summary>
    private const int MostNames = 20;

    public async Task<IReadOnlyList<OwnDeed>> LatestAsync(TenantId? tenant, long userId, string actor, DateTimeOffset since, int most, CancellationToken ct)
    {
        var trail = new Trail(tenant);
        var kind = actor[..(actor.IndexOf(':', StringComparison.Ordinal) + 1)];
        var deeds = new List<AuditedDeed>();
        DateTimeOffset? until = null;
        // Each name counts for as long as it was this person's: somebody else may have had it before, or have it now.
        foreach (var change in await reader.PageAsync(trail, TrailSearch.All with { Action = AddressDeeds.Changed, Subject = AddressDeeds.SubjectOf(userId) }, null, MostNames, ct))
        {
            await AddAsync(actor, change.At, until);
            (actor, until) = (kind + change.Before, change.At.AddMicroseconds(1));   // the change itself was done under the name before
        }
        await AddAsync(actor, since, until);
        return [.. deeds.Take(most).Select(d => new OwnDeed(d.At, d.Action, d.Subject, d.Detail, d.Door, d.Address, d.Outcome))];

        async Task AddAsync(string name, DateTimeOffset from, DateTimeOffset? to)
        {
            if (deeds.Count >= most) return;
            var found = await reader.PageAsync(trail, TrailSearch.All with { Actor = name, Since = from, Until = to }, null, most, ct);
            deeds.AddRange(found.Where(d => d.Actor == name));   // the search also tries words in front of it
        }
    }
}
