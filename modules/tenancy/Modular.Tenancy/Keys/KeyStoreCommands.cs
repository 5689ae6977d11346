using System.Globalization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Keys;

internal sealed class RotateMasterCommand(IKeyStore keys, IInstallationAudit audit) : ICommand
{
    public string Name => "key rotate-master";

    public string Usage => "";

    public string Summary => "Make a new master key and wrap every key file with it, while the suite runs";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Words.Count > 0) return line.Refuse(this, "it takes no arguments");
        var files = keys.RotateMaster();
        await audit.RecordAsync(new AuditEntry(Prompted.Actor, "master-key.rotated", "master-key", string.Create(CultureInfo.InvariantCulture, $"{files} key files wrapped anew")), ct);
        line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The master key is new, and {files} key files are wrapped with it. Copies of the key store from before open with the old one: replace them."));
        return 0;
    }
}

internal sealed class RotateTenantCommand(KeyRotation rotation) : ICommand
{
    public string Name => "key rotate-tenant";

    public string Usage => "SLUG [--forget]";

    public string Summary => "Give a tenant a new data key; what is stored is sealed with it in the background";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        var version = await rotation.StartAsync(slug, line.Has("forget"), Prompted.Actor, ct);
        if (!version.IsOk) return line.Fail(version.Fault);
        line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{slug} seals with key version {version.Value} from now on. The suite seals what is stored anew as it runs; see: modular key status"));
        line.Error.WriteLine(line.Has("forget")
            ? "The older keys are destroyed at the end of that. No backup from before will open."
            : string.Create(CultureInfo.InvariantCulture, $"The older keys are kept {KeyRotation.Retirement.Days} days longer, for backups from before. After a leak, add --forget."));
        return 0;
    }
}

internal sealed class KeyStatusCommand(KeyRotation rotation, TenantBook book, IKeyStore keys) : ICommand
{
    public string Name => "key status";

    public string Usage => "[--json]";

    public string Summary => "Show each tenant's data key versions, and how far a rotation has come";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var rotations = (await rotation.ListAsync(ct)).ToDictionary(r => r.Tenant);
        var rows = (await book.AllAsync(ct)).Select(t => (Tenant: t, Versions: keys.Has(t.Id) ? keys.Versions(t.Id) : [], Rotation: rotations.GetValueOrDefault(t.Id))).ToList();
        if (line.Has("json"))
        {
            line.WriteJson(rows.Select(r => new
            {
                tenant = r.Tenant.Slug,
                versions = r.Versions.Select(v => (int)v),
                rotation = r.Rotation is null ? null : new { r.Rotation.Version, r.Rotation.StartedAt, r.Rotation.Phase, column = At(r.Rotation), r.Rotation.Resealed, r.Rotation.Unreadable, r.Rotation.FinishedAt },
            }));
            return 0;
        }
        foreach (var (tenant, versions, state) in rows)
        {
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenant.Slug,-24} {(versions.Count == 0 ? "no keys: shredded" : "key versions " + string.Join(", ", versions))}{(state is null ? "" : "; " + state.Words(rotation.Columns.Count))}"));
        }
        return 0;
    }

    private string? At(RotationState state) => state.Phase is "sealing" or "checking" && state.ColumnIndex < rotation.Columns.Count ? rotation.Columns[state.ColumnIndex].ToString() : null;
}

internal sealed class TenantShredCommand(Shredding shredding) : ICommand
{
    public string Name => "tenant shred";

    public string Usage => "SLUG [--yes]";

    public string Summary => "Destroy a deactivated tenant's keys: its data, in backups too, can never be read again";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        if (!line.Has("yes"))
        {
            line.Error.Write($"This destroys the keys of '{slug}'. Nobody can undo it, and no backup helps. Type {slug} to go on: ");
            if ((await Console.In.ReadLineAsync(ct))?.Trim() != slug) return line.Fail(new NotConfirmed(slug));
        }
        if (await shredding.ShredAsync(slug, Prompted.Actor, ct) is { } fault) return line.Fail(fault);
        line.Out.WriteLine($"The keys of {slug} are destroyed.");
        return 0;
    }
}
