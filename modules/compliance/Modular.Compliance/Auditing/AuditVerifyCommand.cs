using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Modular.Tenancy;

namespace Modular.Compliance.Auditing;

internal sealed class AuditVerifyCommand(ITenants tenants, TrailCheck check) : ICommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Name => "audit verify";

    public string Usage => "[--tenant SLUG [--head ROW:HASH]] [--json]";

    public string Summary => "Say whether an audit record was removed, changed, inserted or cut off, in every trail or one tenant's";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("tenant", "head") is not []) return line.Refuse(this, "it takes options alone");
        TrailHead? noted = null;
        if (line.Option("head") is { } text && (!TrailHead.TryParse(text, out noted) || line.Option("tenant") is null))
            return line.Refuse(this, "--head takes what an earlier verify of the same tenant printed, as in 1204:9f86…, and --tenant beside it");

        var trails = new List<(string Name, Trail Trail)>();
        if (line.Option("tenant") is { } slug)
        {
            if (await tenants.FindAsync(slug, ct) is not { } tenant)
            {
                line.Error.WriteLine($"There is no tenant '{slug}'. See: modular tenant list");
                return 2;
            }
            trails.Add((tenant.Slug, new Trail(tenant.Id)));
        }
        else
        {
            trails.Add(("(installation)", Trail.Installation));
            trails.AddRange((await tenants.AllAsync(ct)).Where(t => t.State is not TenantState.Shredded).Select(t => (t.Slug, new Trail(t.Id))));
        }

        var isWhole = true;
        foreach (var (name, trail) in trails) isWhole &= await VerifyAsync(line, name, trail, noted, ct);
        return isWhole ? 0 : 1;
    }

    private async Task<bool> VerifyAsync(CommandLine line, string name, Trail trail, TrailHead? noted, CancellationToken ct)
    {
        try
        {
            var verdict = await check.VerifyAsync(trail, noted, ct);
            if (line.Has("json"))
            {
                line.Out.WriteLine(JsonSerializer.Serialize(new { trail = name, verdict.IsWhole, verdict.Rows, head = verdict.Head.ToString(), faults = verdict.Faults.Select(f => new { row = f.Seq, f.What }) }, Json));
                return verdict.IsWhole;
            }
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {verdict.Rows} records, {(verdict.IsWhole ? "whole" : "NOT WHOLE")}; head {verdict.Head}"));
            foreach (var fault in verdict.Faults) line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  row {fault.Seq}: {fault.What}"));
            if (!verdict.IsComplete) line.Out.WriteLine("  and more: it stopped here");
            return verdict.IsWhole;
        }
        catch (CryptographicException e)   // shredded: nobody can say anything about it any more
        {
            line.Out.WriteLine($"{name}: cannot be verified. {e.Message}");
            return false;
        }
    }
}
