using Modular.Host.Migrating;
using Modular.Kernel.Web;

namespace Modular.Host.Commands;

/// <summary>Opening the database has migrated and asserted already; this says so, and looks at what the start does not.</summary>
internal sealed class CheckCommand(DatabaseOwner owner, SystemDb db, IKeyStore keys, IServerCertificate certificate, HostFacts facts, TimeProvider time) : ICommand
{
    public string Name => "check";

    public string Usage => "";

    public string Summary => "Looks at the installation: database, migrations, the walls between tenants, keys.";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var bad = 0;
        void Say(bool good, string what)
        {
            line.Out.WriteLine($"{(good ? "ok   " : "BAD  ")}{what}");
            bad += good ? 0 : 1;
        }

        Say(true, $"data folder {facts.DataFolder}");
        Say(true, $"database answers: PostgreSQL {await db.FindAsync<string>("show server_version", null, ct)}, migrations applied");
        var breaches = await owner.BreachesAsync(ct);
        Say(breaches.Count == 0, breaches.Count == 0 ? "tenants are kept apart" : string.Join("; ", breaches));
        var rooms = await owner.RoomsAsync(ct);
        var keyless = rooms.Where(r => !keys.Has(r)).ToList();
        Say(keyless.Count == 0, keyless.Count == 0 ? $"keys of {rooms.Count} tenants are there" : $"no keys for {string.Join(", ", keyless)}: their data cannot be read");
        var until = certificate.Current.TargetCertificate.NotAfter.ToUniversalTime();
        Say(until > time.GetUtcNow(), $"certificate {certificate.Current.TargetCertificate.Subject}{(certificate.IsSelfSigned ? "" : ", from its file")}, until {until:yyyy-MM-dd}");
        return bad == 0 ? 0 : 1;
    }
}
