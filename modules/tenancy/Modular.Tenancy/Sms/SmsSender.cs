using Microsoft.Extensions.Logging;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Tenancy.Sms;

/// <summary>Sends codes to phones, through the installation's gateway and within bounds: whoever can make it send can make it cost.</summary>
internal sealed partial class SmsSender(SmsSetup setup, ISmsGateways plugins, ISmsCapture capture, SystemDb db, ISealer sealer, TimeProvider time, ILogger<SmsSender> log)
{
    public const int PerNumberQuarter = 3;

    public const int PerNumberDay = 10;

    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('tenancy.sms/' || @Tenant, 0))";   // the next is counted when this one is in

    private const string Count = """
        with past as (delete from tenancy.sms_sent where sent_at < @Now - interval '1 day')
        insert into tenancy.sms_sent (number_index, tenant_id, sent_at)
        select @Number, @Tenant, @Now
         where (select count(*) from tenancy.sms_sent where number_index = @Number and sent_at > @Now - interval '15 minutes') < @PerNumberQuarter
           and (select count(*) from tenancy.sms_sent where number_index = @Number and sent_at > @Now - interval '1 day') < @PerNumberDay
           and (select count(*) from tenancy.sms_sent where tenant_id = @Tenant and sent_at > @Now - interval '1 day') < @PerTenantDay
        """;

    /// <summary>Whether a code could be sent at all.</summary>
    public async Task<bool> IsPossibleAsync(CancellationToken ct) => await setup.FindAsync(ct) is not null;

    /// <summary>Hands one message to the gateway. It counts whether the gateway takes it or not.</summary>
    /// <returns>Why not; null when it is on its way.</returns>
    public async Task<Fault?> SendAsync(TenantId tenant, PhoneNumber to, string text, CancellationToken ct)
    {
        if (await setup.FindAsync(ct) is not { } route) return new SmsNotSetUp();
        if (FaultOf(route, to) is { } notServed) return notServed;
        if (!await CountAsync(tenant, to, route.PerTenantDay, ct)) return new TooManySms();
        if (route.Gateway == SmsSetup.Capture)
        {
            await capture.KeepAsync(tenant, to.Text, text, ct);
            return null;
        }
        return await HandOverAsync(route, to, text, ct);
    }

    public static Fault? FaultOf(SmsRoute route, PhoneNumber to) =>
        route.Countries.Count > 0 && !route.Countries.Any(c => to.Text.StartsWith(c, StringComparison.Ordinal)) ? new CountryNotServed(string.Join(", ", route.Countries)) : null;

    /// <summary>Through the gateway of this route, whatever its bounds.</summary>
    public async Task<Fault?> HandOverAsync(SmsRoute route, PhoneNumber to, string text, CancellationToken ct)
    {
        using var lease = plugins.Open(route.Gateway);
        if (lease is null) return new SmsGatewayUnknown(route.Gateway, [.. plugins.Plugins.SelectMany(p => p.Gateways)]);
        try
        {
            await lease.Gateway.SendAsync(new SmsContext { Settings = route.Settings, Http = lease.Http, Time = time }, new SmsMessage(to.Text, text), ct);
            return null;
        }
        catch (SmsFaultException e)
        {
            LogNotSent(route.Gateway, e.Message);
            return new SmsNotSent(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)   // a bug of the plugin must not end a sign-in with a page of code
        {
            LogFailed(route.Gateway, e);
            return new SmsNotSent($"The gateway {route.Gateway} failed: {e.GetType().Name}.");
        }
    }

    private async Task<bool> CountAsync(TenantId tenant, PhoneNumber to, int perTenantDay, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await tx.RunAsync(Lock, new { Tenant = tenant.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) }, ct);
        var args = new { Number = sealer.IndexSystem("tenancy.sms.number", to.Text), Tenant = tenant, Now = time.GetUtcNow(), PerNumberQuarter, PerNumberDay, PerTenantDay = perTenantDay };
        if (await tx.RunAsync(Count, args, ct) == 0) return false;
        await tx.CommitAsync(ct);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "SMS gateway {Gateway}: {Reason}")]
    private partial void LogNotSent(string gateway, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "SMS gateway {Gateway} threw")]
    private partial void LogFailed(string gateway, Exception e);
}
