using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Modular.Delivery.Gateway;

namespace Modular.Delivery.Returns;

/// <summary>Reads what waits in one tenant's <c>inbound</c>: claims a batch, understands it, applies it, in one transaction behind the reading.</summary>
internal sealed partial class ReturnInbox(TenantDb db, ISealer sealer, ISuppressionList suppressions, TimeProvider time, ILogger<ReturnInbox> log)
{
    private const int BatchSize = 100, MaxAttempts = 40;
    private static readonly TimeSpan ClaimAge = TimeSpan.FromMinutes(1), SoonDelay = TimeSpan.FromSeconds(1), TroubleDelay = TimeSpan.FromSeconds(20);

    private const string Claim = """
        update inbound set due_at = @until, attempts = attempts + 1
         where inbound_id in (select inbound_id from inbound where due_at <= @now order by due_at limit @size for update skip locked)
        returning inbound_id, kind, recipient_id, message, attempts
        """;

    private const string Finish = """
        update inbound i set due_at = f.due_at, verdict = f.verdict, digest = f.digest
          from unnest(@ids, @dues, @verdicts, @digests) as f(inbound_id, due_at, verdict, digest)
         where i.inbound_id = f.inbound_id
        """;

    private const string Known = "select digest from inbound where digest = any(@digests) and verdict is not null";

    private const string EmailOf = "select contact_id, email_index as email from delivery where recipient_id = @recipientId";

    private const string NextDue = "select min(due_at) from inbound where due_at is not null";

    /// <returns>How many were claimed.</returns>
    public async Task<int> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rows = await db.ListAsync<Row>(tenant, Claim, new { now, until = now + ClaimAge, size = BatchSize }, ct);
        if (rows.Count is 0) return 0;

        var read = rows.Select(row => Read(tenant, row)).ToList();
        foreach (var item in read.Where(item => item.Finding.Meaning is Meaning.Unsubscribe)) await UnsubscribeAsync(tenant, item.Finding, now, ct);

        await using var tx = await db.BeginAsync(tenant, ct);
        var known = (await tx.ListAsync<byte[]>(Known, new { digests = read.Select(item => item.Digest).ToArray() }, ct)).Select(Convert.ToHexString).ToHashSet();
        var early = await ReturnApplication.StillSendingAsync(tx, read.Select(item => item.Finding), ct);
        var later = read.Where(item => item.Finding.Meaning is Meaning.Bounce && early.Contains(item.Finding.RecipientId ?? 0) && item.Row.Attempts < MaxAttempts).ToHashSet();
        var fresh = read.Where(item => !later.Contains(item) && !known.Contains(Convert.ToHexString(item.Digest))).DistinctBy(item => Convert.ToHexString(item.Digest)).ToList();
        await ReturnApplication.ApplyAsync(tx, [.. fresh.Select(item => item.Finding)], now, ct);
        await tx.RunAsync(Finish, new
        {
            ids = read.Select(item => item.Row.InboundId).ToArray(),
            dues = read.Select(item => item.RetryAt ?? (later.Contains(item) ? now + SoonDelay : null)).Select(due => due?.UtcDateTime).ToArray(),
            verdicts = read.Select(item => later.Contains(item) || item.RetryAt is not null ? null : item.Finding.Verdict).ToArray(),
            digests = read.Select(item => later.Contains(item) || item.RetryAt is not null ? null : item.Digest).ToArray(),
        }, ct);
        await tx.CommitAsync(ct);
        foreach (var item in fresh) DeliveryMetrics.Read(item.Finding.Meaning.ToString());
        return rows.Count;
    }

    /// <summary>When the next one is due; null when none waits.</summary>
    public Task<DateTimeOffset?> NextDueAsync(TenantId tenant, CancellationToken ct) => db.FindAsync<DateTimeOffset?>(tenant, NextDue, null, ct);

    private Item Read(TenantId tenant, Row row)
    {
        try
        {
            var content = sealer.Open(tenant, InboundStore.Purpose, row.InboundId, row.Message);
            return new Item(row, ReturnReader.Read(row.Kind, row.RecipientId, content), DigestOf(row.RecipientId, content), null);
        }
        catch (Exception fault)
        {
            LogUnread(fault, tenant, row.InboundId);
            DateTimeOffset? retryAt = row.Attempts < 5 ? time.GetUtcNow() + TroubleDelay : null;
            return new Item(row, new Finding(Meaning.Other, null, null, "", "", false, "could not be read: " + fault.GetType().Name), DigestOf(row.InboundId, row.Message), retryAt);
        }
    }

    private async Task UnsubscribeAsync(TenantId tenant, Finding finding, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.FindAsync<Contact>(tenant, EmailOf, new { recipientId = finding.RecipientId }, ct) is not { } contact) return;
        var entry = new Suppression(new EmailIndex(contact.Email), SuppressionReason.Unsubscribed, finding.Source, now, contact.ContactId is 0 ? null : contact.ContactId, finding.RecipientId);
        await suppressions.SuppressAsync(tenant, [entry], ct);
    }

    private static byte[] DigestOf(long? recipientId, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(id, recipientId ?? 0);
        hash.AppendData(id);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}: inbound mail {InboundId} could not be read")]
    private partial void LogUnread(Exception fault, TenantId tenant, long inboundId);

    private sealed record Row(long InboundId, string Kind, long? RecipientId, byte[] Message, short Attempts);

    private sealed record Item(Row Row, Finding Finding, byte[] Digest, DateTimeOffset? RetryAt);

    private sealed record Contact(long ContactId, Guid Email);
}
