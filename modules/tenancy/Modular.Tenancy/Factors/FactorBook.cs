namespace Modular.Tenancy.Factors;

/// <summary>Each person's second factors. Their secrets leave this class only to the code that checks them.</summary>
internal sealed class FactorBook(SystemDb db, ISealer sealer, TimeProvider time)
{
    public const int MostPerPerson = 20;

    public const int LongestName = 60;

    public const string Purpose = "tenancy.factor";

    private const string Columns = "factor_id, user_id, kind, name, secret_sealed, last_step, created_at, used_at";

    private const string List = $"select {Columns} from tenancy.factor where user_id = @UserId order by factor_id";

    private const string OfPasskey = $"select {Columns} from tenancy.factor where credential_id = @CredentialId";

    private const string Add = """
        insert into tenancy.factor (user_id, kind, name, secret_sealed, credential_id, last_step, created_at)
        select @UserId, @Kind, @Name, @SecretSealed, @CredentialId, @LastStep, @Now
         where (select count(*) from tenancy.factor where user_id = @UserId) < @Most
        on conflict (credential_id) do nothing
        returning factor_id
        """;

    private const string UseStep = """
        update tenancy.factor set last_step = @Step, used_at = @Now
         where factor_id = @FactorId
           and last_step < @Step   -- a code is good once: of two who send it at the same time, the second is late
        """;

    private const string Used = "update tenancy.factor set used_at = @Now, secret_sealed = coalesce(@SecretSealed, secret_sealed) where factor_id = @FactorId";

    private const string Rename = "update tenancy.factor set name = @Name where factor_id = @FactorId and user_id = @UserId";

    private const string Remove = "delete from tenancy.factor where factor_id = @FactorId and user_id = @UserId";

    private const string RemoveAll = """
        with codes as (delete from tenancy.recovery_code where user_id = @UserId)
        delete from tenancy.factor where user_id = @UserId
        """;

    public async Task<IReadOnlyList<Factor>> ListAsync(long userId, CancellationToken ct) => await db.ListAsync<Factor>(List, new { UserId = userId }, ct);

    public Task<Factor?> FindPasskeyAsync(byte[] credentialId, CancellationToken ct) => db.FindAsync<Factor>(OfPasskey, new { CredentialId = credentialId }, ct);

    public byte[] SecretOf(Factor factor) => sealer.OpenSystem(Purpose, factor.SecretSealed, factor.UserId);

    /// <summary>Adds a factor; with a person's first one come their recovery codes.</summary>
    /// <param name="lastStep">Of an app: the step whose code proved that it works, which is used with that.</param>
    public async Task<Result<AddedFactor>> AddAsync(long userId, string kind, string name, byte[] secret, byte[]? credentialId, long lastStep, CancellationToken ct)
    {
        if (name.Trim() is not { Length: > 0 and <= LongestName } given) return new FactorNameBad();
        await using var tx = await db.BeginAsync(ct);
        await tx.RunAsync("select from tenancy.user_account where user_id = @UserId for update", new { UserId = userId }, ct);   // one at a time, so that the bound holds and the codes come once
        var isFirst = (await tx.ListAsync<Factor>(List, new { UserId = userId }, ct)).Count == 0;
        var id = await tx.FindAsync<long>(Add, new
        {
            UserId = userId,
            Kind = kind,
            Name = given,
            SecretSealed = sealer.SealSystem(Purpose, secret, userId),
            CredentialId = credentialId,
            LastStep = lastStep,
            Now = time.GetUtcNow(),
            Most = MostPerPerson,
        }, ct);
        if (id == 0) return new FactorNotAdded();
        var codes = isFirst ? await RecoveryCodes.RenewAsync(tx, userId, ct) : [];
        await tx.CommitAsync(ct);
        return new AddedFactor(id, codes);
    }

    /// <returns>False when a code of this step or a later one was used before.</returns>
    public async Task<bool> UseStepAsync(long factorId, long step, CancellationToken ct) =>
        await db.RunAsync(UseStep, new { FactorId = factorId, Step = step, Now = time.GetUtcNow() }, ct) == 1;

    /// <param name="secret">What to keep from now on, such as a passkey's counter; null leaves it.</param>
    public Task UsedAsync(Factor factor, byte[]? secret, CancellationToken ct) => db.RunAsync(Used, new
    {
        factor.FactorId,
        SecretSealed = secret is null ? null : sealer.SealSystem(Purpose, secret, factor.UserId),
        Now = time.GetUtcNow(),
    }, ct);

    public async Task<Result<bool>> RenameAsync(long userId, long factorId, string name, CancellationToken ct)
    {
        if (name.Trim() is not { Length: > 0 and <= LongestName } given) return new FactorNameBad();
        return await db.RunAsync(Rename, new { UserId = userId, FactorId = factorId, Name = given }, ct) == 1;
    }

    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(long userId, long factorId, CancellationToken ct) =>
        await db.RunAsync(Remove, new { UserId = userId, FactorId = factorId }, ct) == 1;

    /// <summary>All of them, and the recovery codes: the person signs in with the password alone until they add one.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> ResetAsync(long userId, CancellationToken ct) => db.RunAsync(RemoveAll, new { UserId = userId }, ct);
}

internal static class FactorKinds
{
    /// <summary>What one knows; the others are second factors.</summary>
    public const string Password = "password";

    public const string Totp = "totp";
    public const string Passkey = "passkey";
    public const string Sms = "sms";
    public const string Recovery = "recovery";
}

internal sealed record Factor(long FactorId, long UserId, string Kind, string Name, byte[] SecretSealed, long LastStep, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

/// <param name="RecoveryCodes">To be shown once; empty when it was not the first factor.</param>
internal sealed record AddedFactor(long FactorId, IReadOnlyList<string> RecoveryCodes);
