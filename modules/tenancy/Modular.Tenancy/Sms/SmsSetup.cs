using System.Text.Json;
using Modular.Plugins.Hosting;

namespace Modular.Tenancy.Sms;

/// <summary>Which gateway carries the installation's SMS, with which settings, and how far it may go.</summary>
internal sealed class SmsSetup(SystemDb db, ISealer sealer, ISmsGateways plugins, ISmsCapture capture, TimeProvider time)
{
    /// <summary>The gateway that is always there in capture mode: its messages are read in the console.</summary>
    public const string Capture = "capture";

    public const int PerTenantDay = 500;

    public const string Purpose = "tenancy.sms-gateway";

    private const long Id = 1;

    private const string Find = "select name, settings_sealed, countries, per_tenant_day from tenancy.sms_gateway";

    private const string Save = """
        insert into tenancy.sms_gateway (gateway_id, name, settings_sealed, countries, per_tenant_day, changed_at)
        values (@Id, @Name, @SettingsSealed, @Countries, @PerTenantDay, @Now)
        on conflict (gateway_id) do update
          set name = excluded.name, settings_sealed = excluded.settings_sealed, countries = excluded.countries, per_tenant_day = excluded.per_tenant_day, changed_at = excluded.changed_at
        """;

    private const string Remove = "delete from tenancy.sms_gateway";

    /// <summary>The gateway in force. In capture mode nothing leaves the machine, so there it is the capture server's, whatever was set up for later.</summary>
    public async Task<SmsRoute?> FindAsync(CancellationToken ct)
    {
        if (capture.IsOn) return new SmsRoute(Capture, new Dictionary<string, string>(), [], PerTenantDay);
        return await StoredAsync(ct);
    }

    /// <returns>What was set up, whether it is in force now or not.</returns>
    public async Task<SmsRoute?> StoredAsync(CancellationToken ct) => await db.FindAsync<Row>(Find, null, ct) is { } row
        ? new SmsRoute(row.Name, JsonSerializer.Deserialize<Dictionary<string, string>>(sealer.OpenSystem(Purpose, row.SettingsSealed, Id)) ?? [], row.Countries.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.PerTenantDay)
        : null;

    public async Task<Fault?> SaveAsync(SmsRoute route, CancellationToken ct)
    {
        var plugin = plugins.Plugins.FirstOrDefault(p => p.State is PluginState.Active && p.Gateways.Contains(route.Gateway));
        if (plugin is null) return new SmsGatewayUnknown(route.Gateway, [.. plugins.Plugins.SelectMany(p => p.Gateways)]);
        if (route.Settings.Keys.FirstOrDefault(k => plugin.Settings.All(s => s.Name != k)) is { } unknown) return new SmsSettingUnknown(unknown, route.Gateway);
        if (plugin.Settings.FirstOrDefault(s => s.IsRequired && string.IsNullOrWhiteSpace(route.Settings.GetValueOrDefault(s.Name))) is { } missing) return new SmsSettingMissing(missing.Name, missing.Label);
        await db.RunAsync(Save, new
        {
            Id,
            Name = route.Gateway,
            SettingsSealed = sealer.SealSystem(Purpose, JsonSerializer.SerializeToUtf8Bytes(route.Settings), Id),
            Countries = string.Join(' ', route.Countries),
            route.PerTenantDay,
            Now = time.GetUtcNow(),
        }, ct);
        return null;
    }

    public async Task<bool> RemoveAsync(CancellationToken ct) => await db.RunAsync(Remove, null, ct) == 1;

    public IReadOnlySet<string> SecretsOf(string gateway) =>
        plugins.Plugins.Where(p => p.Gateways.Contains(gateway)).SelectMany(p => p.Settings).Where(s => s.IsSecret).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);

    private sealed record Row(string Name, byte[] SettingsSealed, string Countries, int PerTenantDay);
}

/// <param name="Countries">Beginnings of the numbers that are served, as in <c>+49</c>; empty for all.</param>
/// <param name="PerTenantDay">Messages in 24 hours: a bound on what a tenant can make the gateway cost.</param>
internal sealed record SmsRoute(string Gateway, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Countries, int PerTenantDay);
