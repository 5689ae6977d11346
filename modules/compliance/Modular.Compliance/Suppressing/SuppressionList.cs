namespace Modular.Compliance.Suppressing;

/// <inheritdoc cref="ISuppressionList"/>
internal sealed class SuppressionList(TenantDb db) : ISuppressionList
{
    public const int MostAtOnce = 10_000;

    private const int LongestSource = 500;

    private const string Columns = "email_index as email, reason::int as reason, source, at, contact_id, recipient_id";

    private const string FindAll = $"select {Columns} from suppression where email_index = any(@Emails)";

    private const string Add = $"""
        insert into suppression (email_index, reason, source, at, contact_id, recipient_id)
        select distinct on (email) email, reason, source, at, contact_id, recipient_id
          from unnest(@Emails, @Reasons, @Sources, @Ats, @ContactIds, @RecipientIds) as entry (email, reason, source, at, contact_id, recipient_id)
         order by email, reason desc, at   -- one order for everyone, so that two batches never wait for each other in a ring
        on conflict (email_index) do update
           set reason = excluded.reason, source = excluded.source, at = excluded.at,
               contact_id = coalesce(excluded.contact_id, suppression.contact_id), recipient_id = excluded.recipient_id
         where suppression.reason < excluded.reason   -- the graver stays, and a repeat changes nothing
        returning {Columns}
        """;

    private const string Lift = "delete from suppression where email_index = @Email and reason < @Complaint";

    private const string ReadPage = $"""
        select {Columns}
          from suppression
         where (@Reason::int is null or reason = @Reason)
           and (@At::timestamptz is null or (at, email_index) < (@At, @Email))
         order by at desc, email_index desc
         limit @Count
        """;

    private const string CountByReason = "select reason::int as reason, count(*) as entries from suppression group by reason";

    public async Task<IReadOnlyDictionary<EmailIndex, Suppression>> FindAsync(TenantId tenant, IReadOnlyCollection<EmailIndex> addresses, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addresses.Count, MostAtOnce);
        if (addresses.Count == 0) return new Dictionary<EmailIndex, Suppression>();
        return (await db.ListAsync<Suppression>(tenant, FindAll, new { Emails = addresses.Select(a => a.Value).ToArray() }, ct)).ToDictionary(s => s.Email);
    }

    public async Task<Suppression?> FindAsync(TenantId tenant, EmailIndex address, CancellationToken ct) =>
        (await FindAsync(tenant, [address], ct)).GetValueOrDefault(address);

    public async Task SuppressAsync(TenantId tenant, IReadOnlyCollection<Suppression> entries, CancellationToken ct)
    {
        if (entries.Count == 0) return;
        await using var tx = await db.BeginAsync(tenant, ct);
        await AddAsync(tx, entries, ct);
        await tx.CommitAsync(ct);
    }

    /// <returns>The entries that are new or graver than before; everyone behind is told of them.</returns>
    public static async Task<IReadOnlyList<Suppression>> AddAsync(TenantTransaction tx, IReadOnlyCollection<Suppression> entries, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, MostAtOnce);
        var changed = await tx.ListAsync<Suppression>(Add, new
        {
            Emails = entries.Select(e => e.Email.Value).ToArray(),
            Reasons = entries.Select(e => (short)e.Reason).ToArray(),
            Sources = entries.Select(e => e.Source.Length > LongestSource ? e.Source[..LongestSource] : e.Source).ToArray(),
            Ats = entries.Select(e => e.At.ToUniversalTime()).ToArray(),
            ContactIds = entries.Select(e => e.ContactId).ToArray(),
            RecipientIds = entries.Select(e => e.RecipientId).ToArray(),
        }, ct);
        await tx.TellAsync([.. changed.Select(s => new AddressSuppressed(tx.Tenant, s.Email, s.Reason, s.Source, s.At, s.ContactId, s.RecipientId))], ct);
        return changed;
    }

    /// <summary>Takes an entry away. A complaint stays: only the person's own renewed consent can lift it.</summary>
    /// <returns>Whether there was one to take away.</returns>
    public static async Task<bool> LiftAsync(TenantTransaction tx, EmailIndex email, CancellationToken ct) =>
        await tx.RunAsync(Lift, new { Email = email, Complaint = (int)SuppressionReason.Complaint }, ct) == 1;

    /// <summary>The latest first.</summary>
    /// <param name="before">The last entry of the page before; null for the first page.</param>
    public Task<IReadOnlyList<Suppression>> PageAsync(TenantId tenant, SuppressionReason? reason, (DateTimeOffset At, Guid Email)? before, int count, CancellationToken ct) =>
        db.ListAsync<Suppression>(tenant, ReadPage, new { Reason = (int?)reason, before?.At, before?.Email, Count = count }, ct);

    public async Task<IReadOnlyDictionary<SuppressionReason, long>> CountAsync(TenantId tenant, CancellationToken ct) =>
        (await db.ListAsync<ReasonCount>(tenant, CountByReason, null, ct)).ToDictionary(c => c.Reason, c => c.Entries);

    private sealed record ReasonCount(SuppressionReason Reason, long Entries);
}
