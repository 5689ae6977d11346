using System.Text;
using Microsoft.Extensions.Options;
using Modular.Tenancy;

namespace Modular.Delivery.Capture;

/// <summary>The far side of SMS in capture mode: keeps a tenant's newest ones to be read in the console.</summary>
internal sealed class CapturedSms(TenantDb db, ISealer sealer, IOptions<DeliverySettings> settings, TimeProvider time) : ISmsCapture
{
    public const int Most = 200;

    public const string Purpose = "delivery.captured-sms";

    private const string Add = """
        with past as (
          delete from captured_sms where sms_id in (select sms_id from captured_sms order by at desc, sms_id desc offset @Most - 1)
        )
        insert into captured_sms (sms_id, message_sealed, at) values (@SmsId, @Message, @Now)
        """;

    private const string List = "select sms_id, message_sealed, at from captured_sms order by at desc, sms_id desc";

    public bool IsOn => settings.Value.Mode is DeliveryMode.Capture;

    public async Task KeepAsync(TenantId tenant, string to, string text, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        var smsId = (await tx.NextIdsAsync(1, ct))[0];
        await tx.RunAsync(Add, new { SmsId = smsId, Most, Message = sealer.Seal(tenant, Purpose, smsId, Encoding.UTF8.GetBytes($"{to}\n{text}")), Now = time.GetUtcNow() }, ct);
        await tx.CommitAsync(ct);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<KeptSms>> ListAsync(TenantId tenant, CancellationToken ct) => [.. (await db.ListAsync<Row>(tenant, List, null, ct)).Select(row =>
    {
        var message = Encoding.UTF8.GetString(sealer.Open(tenant, Purpose, row.SmsId, row.MessageSealed));
        var end = message.IndexOf('\n', StringComparison.Ordinal);
        return new KeptSms(row.SmsId, row.At, message[..end], message[(end + 1)..]);
    })];

    private sealed record Row(long SmsId, byte[] MessageSealed, DateTimeOffset At);
}

internal sealed record KeptSms(long Id, DateTimeOffset At, string To, string Text);
