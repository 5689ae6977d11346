using Modular.Compliance;
using Modular.Contacts;
using Modular.Delivery;
using Modular.Kernel.Auditing;

namespace Modular.Campaigns.Tests;

/// <summary>A ledger in memory that keeps what its contract promises: a contact of a campaign is queued once, and the states sum up.</summary>
internal sealed class MemoryLedger : IDeliveries
{
    private readonly Dictionary<(long Campaign, long Contact), LedgerEntry> _entries = [];
    private readonly HashSet<long> _started = [];
    private readonly HashSet<long> _paused = [];
    private long _nextId = 1000;

    public Func<int, Task>? BeforePage { get; set; }

    public int Pages { get; private set; }

    public IReadOnlyCollection<LedgerEntry> Entries => _entries.Values;

    public bool IsStarted(long campaignId) => _started.Contains(campaignId);

    public bool IsPaused(long campaignId) => _paused.Contains(campaignId);

    public async Task QueueAsync(TenantId tenant, long campaignId, IReadOnlyList<Handover> page, CancellationToken ct)
    {
        if (BeforePage is not null) await BeforePage(++Pages);
        foreach (var row in page)
        {
            _entries.TryAdd((campaignId, row.ContactId), new LedgerEntry(++_nextId, campaignId, row.ContactId, row.Email,
                row.SkipReason is null ? DeliveryState.Queued : DeliveryState.Skipped, row.SkipReason, null, 0, DateTimeOffset.UnixEpoch, null, null, false));
        }
    }

    /// <summary>Everything that waits is delivered.</summary>
    public void Deliver(long campaignId)
    {
        foreach (var (key, entry) in _entries.Where(e => e.Key.Campaign == campaignId && e.Value.State is DeliveryState.Queued).ToList())
            _entries[key] = entry with { State = DeliveryState.Delivered };
    }

    public Task StartAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        _started.Add(campaignId);
        _paused.Remove(campaignId);
        return Task.CompletedTask;
    }

    public Task PauseAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        _paused.Add(campaignId);
        return Task.CompletedTask;
    }

    public Task CancelAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        foreach (var (key, entry) in _entries.Where(e => e.Key.Campaign == campaignId && e.Value.State is DeliveryState.Queued).ToList())
            _entries[key] = entry with { State = DeliveryState.Skipped, Reason = "cancelled" };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<long, DeliveryCounts>> CountAsync(TenantId tenant, IReadOnlyCollection<long> campaignIds, CancellationToken ct)
    {
        var counts = campaignIds.Where(id => _entries.Keys.Any(k => k.Campaign == id)).ToDictionary(id => id, id =>
        {
            long Of(DeliveryState state) => _entries.LongCount(e => e.Key.Campaign == id && e.Value.State == state);
            return new DeliveryCounts(Of(DeliveryState.Queued), 0, Of(DeliveryState.Delivered), 0, 0, 0, Of(DeliveryState.Skipped), 0, 0, 0,
                _paused.Contains(id), _started.Contains(id) ? DateTimeOffset.UnixEpoch : null, null, 0);
        });
        return Task.FromResult<IReadOnlyDictionary<long, DeliveryCounts>>(counts);
    }

    public Task<LedgerPage> ReadLedgerAsync(TenantId tenant, long campaignId, DeliveryState? state, long after, int size, CancellationToken ct) =>
        Task.FromResult(new LedgerPage([.. _entries.Values.Where(e => e.CampaignId == campaignId && e.RecipientId > after && (state is null || e.State == state)).OrderBy(e => e.RecipientId).Take(size)], null));

    public Task<IReadOnlyList<LedgerEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<LedgerEntry>>([.. _entries.Values.Where(e => e.ContactId == contactId).Take(size)]);

    public Task<LedgerDetail?> FindAsync(TenantId tenant, long recipientId, CancellationToken ct) =>
        Task.FromResult(_entries.Values.FirstOrDefault(e => e.RecipientId == recipientId) is { } entry ? new LedgerDetail(entry, "", "", []) : null);

    public Task<IReadOnlyList<long>> QueueTestAsync(TenantId tenant, long campaignId, IReadOnlyList<TestRecipient> recipients, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<long>>([.. recipients.Select(_ => ++_nextId)]);
}

/// <summary>People by number, in pages; the segment is everyone, and on a list are those whose number it divides.</summary>
internal sealed class MemoryAudience(int people) : IAudiences
{
    public static ContactStatus StatusOf(long id) => (ContactStatus)(id % 20 < 4 ? id % 20 : 0);

    public Task<AudiencePage> ReadAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, long after, int size, CancellationToken ct)
    {
        const int Page = 100; // smaller than asked for, as a page may be
        var members = Enumerable.Range(1, people).Where(id => id > after).Take(Page).Where(id => IsOn(within, id))
            .Select(id => new AudienceMember(id, new EmailIndex(new Guid(id, 0, 0, new byte[8])), "example.com", StatusOf(id))).ToList();
        return Task.FromResult(new AudiencePage(members, after + Page < people ? after + Page : null));
    }

    public Task<string?> SegmentNameAsync(TenantId tenant, long segmentId, CancellationToken ct) => Task.FromResult<string?>(segmentId == 404 ? null : "Readers");

    public Task<IReadOnlyList<SegmentChoice>> SegmentsAsync(TenantId tenant, CancellationToken ct) => Task.FromResult<IReadOnlyList<SegmentChoice>>([]);

    public Task<AudienceSize> CountAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, CancellationToken ct)
    {
        var count = Enumerable.Range(1, people).Count(id => IsOn(within, id));
        return Task.FromResult(new AudienceSize(count, count));
    }

    public Task<IReadOnlySet<long>> OnListsAsync(TenantId tenant, IReadOnlyCollection<long> lists, IReadOnlyCollection<long> contactIds, CancellationToken ct) =>
        Task.FromResult<IReadOnlySet<long>>(contactIds.Where(id => IsOn(lists, id)).ToHashSet());

    public Task<IReadOnlyList<string>> ListNamesAsync(TenantId tenant, IReadOnlyCollection<long> lists, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([.. lists.Select(id => $"List {id}")]);

    private static bool IsOn(IReadOnlyCollection<long>? within, long id) => within?.Any(list => id % list == 0) is not false;
}

internal sealed class MemoryProfiles : IProfiles
{
    public Task<IReadOnlyList<Profile>> OpenAsync(TenantId tenant, IReadOnlyCollection<long> contactIds, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Profile>>([.. contactIds.Where(id => id != 404).Select(id => new Profile(id, EmailAddress.Parse($"p{id}@example.com"), new Dictionary<string, object> { ["first_name"] = $"Person {id}" }))]);

    public Task<Profile?> FindAsync(TenantId tenant, EmailAddress email, CancellationToken ct) => Task.FromResult<Profile?>(null);

    public Task<IReadOnlyList<FieldDefinition>> FieldsAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FieldDefinition>>([new FieldDefinition("first_name", "First name", FieldType.Text, true, false, [])]);
}

/// <summary>acme.example, unless others are named; an address is signed for by its domain or the nearest one above.</summary>
internal sealed class OwnDomains(params string[] names) : ISendingDomains
{
    private readonly SendingDomain[] _all = [.. (names.Length == 0 ? ["acme.example"] : names).Select(name => new SendingDomain(name, [new DkimRecord("m1", "rsa-sha256", "v=DKIM1")]))];

    public Task<IReadOnlyList<SendingDomain>> ListAsync(TenantId tenant, CancellationToken ct) => Task.FromResult<IReadOnlyList<SendingDomain>>(_all);

    /// <summary>What DNS lacks, for each of them.</summary>
    public IReadOnlyList<string> Lacks { get; set; } = [];

    public Task<IReadOnlyList<string>> WhatDnsLacksAsync(TenantId tenant, EmailAddress from, CancellationToken ct) => Task.FromResult(Lacks);

    public Task<SendingDomain?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct) =>
        Task.FromResult(_all.Where(d => from.Domain == d.Domain || from.Domain.EndsWith("." + d.Domain, StringComparison.Ordinal)).MaxBy(d => d.Domain.Length));
}

internal sealed class MemorySuppression : ISuppressionList
{
    public List<Suppression> Added { get; } = [];

    public Task<IReadOnlyDictionary<EmailIndex, Suppression>> FindAsync(TenantId tenant, IReadOnlyCollection<EmailIndex> addresses, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<EmailIndex, Suppression>>(Added.ToDictionary(s => s.Email));

    public Task SuppressAsync(TenantId tenant, IReadOnlyCollection<Suppression> entries, CancellationToken ct)
    {
        Added.AddRange(entries);
        return Task.CompletedTask;
    }
}

internal sealed class RecordingAudit : IAudit
{
    public List<AuditEntry> Entries { get; } = [];

    public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        lock (Entries) Entries.Add(entry);
        return Task.CompletedTask;
    }
}
