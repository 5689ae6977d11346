using System.Collections.Concurrent;
using System.Text;
using Modular.Delivery.Returns;

namespace Modular.Delivery.Gateway;

/// <summary>Which of our addresses a mail came to.</summary>
internal static class InboundKind
{
    public const string Bounce = "bounce";
    public const string Feedback = "feedback";
    public const string Unsubscribe = "unsubscribe";
    public const string Postmaster = "postmaster";

    /// <summary>Figures about a domain: DMARC aggregate (RFC 9990) and TLS reports (RFC 8460).</summary>
    public const string DomainReport = "domain-report";
}

/// <param name="Kind">One of <see cref="InboundKind"/>.</param>
/// <param name="RecipientId">From the address's signature; null at the gateway's own addresses.</param>
internal sealed record InboundMail(string Kind, long? RecipientId, string Envelope, ReadOnlyMemory<byte> Message)
{
    /// <summary>Why its sender may speak about the recipient: it knew the signed address, or its domain was vouched for. Never an address.</summary>
    public string Trust { get; init; } = "the signed address";
}

/// <summary>Keeps mail that came in, sealed, in PostgreSQL. When the task completes it is committed; when that fails, the task does.</summary>
internal sealed class InboundStore(TenantDb db, SystemDb systemDb, ISealer sealer, ReturnSignal signal, TimeProvider time)
{
    public const string Purpose = "delivery.inbound";

    private const int MaxBatch = 64, IdsAtOnce = 500;

    private const string AddToTenant = """
        insert into inbound (inbound_id, received_at, due_at, kind, recipient_id, envelope, message, trust)
        select id, @now, @now, kind, recipient_id, envelope, message, trust
          from unnest(@ids, @kinds, @recipients, @envelopes, @messages, @trusts) as i(id, kind, recipient_id, envelope, message, trust)
        """;

    private const string AddToSystem = """
        insert into delivery.inbound (received_at, due_at, kind, envelope, message)
        select @now, @now, kind, envelope, message from unnest(@kinds, @envelopes, @messages) as i(kind, envelope, message)
        """;

    private readonly ConcurrentDictionary<TenantId, Lazy<GroupCommit<InboundMail>>> _tenants = new();
    private readonly ConcurrentDictionary<TenantId, Queue<long>> _ids = new();
    private GroupCommit<InboundMail>? _system;

    public Task AddAsync(TenantId tenant, InboundMail mail) =>
        _tenants.GetOrAdd(tenant, id => new Lazy<GroupCommit<InboundMail>>(() => new GroupCommit<InboundMail>(MaxBatch, batch => WriteAsync(id, batch)))).Value.AddAsync(mail);

    /// <summary>For the gateway's own addresses: whose mail it is about is not known yet.</summary>
    public Task AddAsync(InboundMail mail)
    {
        var system = _system ?? Interlocked.CompareExchange(ref _system, new GroupCommit<InboundMail>(MaxBatch, WriteAsync), null) ?? _system;
        return system.AddAsync(mail);
    }

    private async Task WriteAsync(TenantId tenant, IReadOnlyList<InboundMail> batch)
    {
        var ids = await NextIdsAsync(tenant, batch.Count);
        await db.RunAsync(tenant, AddToTenant, new
        {
            now = time.GetUtcNow(),
            ids,
            kinds = batch.Select(mail => mail.Kind).ToArray(),
            recipients = batch.Select(mail => mail.RecipientId).ToArray(),
            envelopes = batch.Zip(ids, (mail, id) => sealer.Seal(tenant, Purpose, id, Encoding.UTF8.GetBytes(mail.Envelope))).ToArray(),
            messages = batch.Zip(ids, (mail, id) => sealer.Seal(tenant, Purpose, id, mail.Message.Span)).ToArray(),
            trusts = batch.Select(mail => mail.Trust).ToArray(),
        }, CancellationToken.None);
        DeliveryMetrics.Accepted(batch.Count);
        signal.Wake(tenant);
    }

    private async Task WriteAsync(IReadOnlyList<InboundMail> batch)
    {
        await systemDb.RunAsync(AddToSystem, new
        {
            now = time.GetUtcNow(),
            kinds = batch.Select(mail => mail.Kind).ToArray(),
            envelopes = batch.Select(mail => sealer.SealSystem(Purpose, Encoding.UTF8.GetBytes(mail.Envelope))).ToArray(),
            messages = batch.Select(mail => sealer.SealSystem(Purpose, mail.Message.Span)).ToArray(),
        }, CancellationToken.None);
        DeliveryMetrics.Accepted(batch.Count);
        signal.WakeSystem();
    }

    /// <summary>Drawn many at once: the id must be known before the row is written, for the seal is bound to it. Only the tenant's one writer comes here.</summary>
    private async Task<long[]> NextIdsAsync(TenantId tenant, int count)
    {
        var kept = _ids.GetOrAdd(tenant, _ => new Queue<long>());
        if (kept.Count < count)
        {
            await using var tx = await db.BeginAsync(tenant, CancellationToken.None);
            foreach (var id in await tx.NextIdsAsync(IdsAtOnce, CancellationToken.None)) kept.Enqueue(id);
        }
        return [.. Enumerable.Range(0, count).Select(_ => kept.Dequeue())];
    }
}
