using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Users;

/// <summary>Keys with which an operator's programs call REST: they manage tenants, and open no tenant. Made on the command line alone, as operators are.</summary>
internal sealed class OperatorKeys(SystemDb db, IInstallationAudit audit, IRefusalLog refusals, TimeProvider time)
{
    private const string Add = """
        insert into tenancy.operator_key (name, prefix, hash, networks, created_at, expires_at)
        values (@Name, @Prefix, @Hash, @Networks, @Now, @ExpiresAt)
        on conflict (name) where revoked_at is null do nothing
        """;

    private const string List = "select name, prefix, networks, created_at, expires_at from tenancy.operator_key where revoked_at is null order by name";

    private const string Revoke = "update tenancy.operator_key set revoked_at = @Now where name = @Name and revoked_at is null";

    private const string Recognise = "select name, prefix, networks, created_at, expires_at from tenancy.operator_key where hash = @Hash and revoked_at is null";

    private static readonly HashSet<string> Rights = new(StringComparer.Ordinal) { Permissions.InstallationManage };

    private readonly Remembered<string, OperatorKey> _known = new(CallerFreshness.Age, most: 1_000, time);

    public async Task<Result<NewCredential>> CreateAsync(string name, int days, NetworkList networks, string actor, CancellationToken ct)
    {
        if (name.Length is 0 or > 100 || name.Any(char.IsControl)) return new BadCredentialName(KeyRegister.OfKind);
        var (secret, prefix) = ApiKey.NewRandom();
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(ct);
        if (await tx.RunAsync(Add, new { Name = name, Prefix = prefix, Hash = ApiKey.HashOf(secret), Networks = networks.ToString(), Now = now, ExpiresAt = now.AddDays(days) }, ct) == 0) return new CredentialNameTaken(KeyRegister.OfKind, name);
        await audit.AppendAsync(tx, new AuditEntry(actor, "operator-key.created", "operator-key/" + name) { After = $"networks: {(networks.IsEmpty ? "anywhere" : networks)}" }, ct);
        await tx.CommitAsync(ct);
        return new NewCredential(name, prefix, secret, now.AddDays(days), null);
    }

    public Task<IReadOnlyList<OperatorKey>> ListAsync(CancellationToken ct) => db.ListAsync<OperatorKey>(List, null, ct);

    /// <returns>False when there is none such in force.</returns>
    public async Task<bool> RevokeAsync(string name, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (await tx.RunAsync(Revoke, new { Name = name, Now = time.GetUtcNow() }, ct) == 0) return false;
        await audit.AppendAsync(tx, new AuditEntry(actor, "operator-key.revoked", "operator-key/" + name), ct);
        await tx.CommitAsync(ct);
        _known.Clear();
        return true;
    }

    /// <param name="client">Null for a socket of this machine.</param>
    /// <returns>Null for what is no operator's key in force, or not for this address; the answer may be some seconds old.</returns>
    public async ValueTask<Caller?> FindAsync(string secret, IPAddress? client, CancellationToken ct)
    {
        if (!ApiKey.HasShape(secret)) return null;
        var hash = ApiKey.HashOf(secret);
        var name = Convert.ToHexString(hash);
        if (!_known.TryGet(name, out var key))
        {
            if (await db.FindAsync<OperatorKey>(Recognise, new { Hash = hash }, ct) is not { } found) return null;
            _known.Keep(name, key = found);
        }
        if (key.ExpiresAt <= time.GetUtcNow()) return null;
        var caller = new Caller(default, "", "Installation", "operator-key:" + key.Name, Rights) { IsOperator = true };
        if (NetworkList.Parse(key.Networks).Admits(client ?? IPAddress.Loopback)) return caller;
        refusals.Refused(null, caller.Actor, "access.refused", "network", "the address is in none of the networks that are allowed");
        return null;
    }
}

/// <param name="Networks">Empty: from anywhere.</param>
internal sealed record OperatorKey(string Name, string Prefix, string Networks, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
