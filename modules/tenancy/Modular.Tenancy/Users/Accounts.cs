using System.Security.Cryptography;
using System.Text;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Roles;
using Npgsql;

namespace Modular.Tenancy.Users;

/// <summary>The people who sign in. One person is one account, whatever number of tenants they work in.</summary>
internal sealed class Accounts(SystemDb db, ISealer sealer, Passwords passwords, TimeProvider time)
{
    private const string NameColumn = "tenancy.user.name";

    private const string Find = """
        select user_id, name_sealed, password_hash, security_stamp
          from tenancy.user_account
         where name_index = @Index
        """;

    private const string FindById = """
        select user_id, name_sealed, password_hash, security_stamp
          from tenancy.user_account
         where user_id = @UserId
        """;

    private const string NextId = "select nextval('tenancy.user_id_seq')";

    private const string Add = """
        insert into tenancy.user_account (user_id, name_index, name_sealed, password_hash, security_stamp, created_at, password_set_at)
        values (@UserId, @Index, @NameSealed, @PasswordHash, @SecurityStamp, @Now, @Now)
        on conflict (name_index) do nothing
        """;

    private const string AddMembership = """
        insert into tenancy.membership (user_id, tenant_id, role, created_at)
        values (@UserId, @Tenant, @Role, @Now)
        on conflict do nothing
        """;

    private const string SetPassword = """
        with had as (
          insert into tenancy.password_history (user_id, hash, set_at)
          select user_id, password_hash, @Now from tenancy.user_account where user_id = @UserId
          on conflict do nothing
        ), past as (
          delete from tenancy.password_history
           where user_id = @UserId
             and set_at in (select set_at from tenancy.password_history where user_id = @UserId order by set_at desc offset @MostHistory - 2)
        )
        update tenancy.user_account
           set password_hash = @PasswordHash, password_set_at = @Now, security_stamp = @SecurityStamp   -- another stamp ends every session
         where user_id = @UserId
        """;

    private const string SetName = """
        update tenancy.user_account
           set name_index = @Index, name_sealed = @NameSealed, security_stamp = @NewStamp   -- ends every session, and every link that was mailed to the address before
         where user_id = @UserId
           and security_stamp = @SecurityStamp   -- a password that was changed since we looked goes first
        """;

    private const string Rehash = "update tenancy.user_account set password_hash = @New where user_id = @UserId and password_hash = @Old";

    private const string SignedIn = "update tenancy.user_account set signed_in_at = @Now where user_id = @UserId";

    private const string TenantsOf = "select tenant_id from tenancy.membership where user_id = @UserId order by created_at, tenant_id";

    public Guid IndexOf(EmailAddress name) => sealer.IndexSystem(NameColumn, name.Key);

    public string OpenName(long userId, byte[] nameSealed) => Encoding.UTF8.GetString(sealer.OpenSystem(NameColumn, nameSealed, userId));

    public Task<Account?> FindAsync(EmailAddress name, CancellationToken ct) => db.FindAsync<Account>(Find, new { Index = IndexOf(name) }, ct);

    public Task<Account?> FindAsync(long userId, CancellationToken ct) => db.FindAsync<Account>(FindById, new { UserId = userId }, ct);

    public Task<IReadOnlyList<TenantId>> TenantsOfAsync(long userId, CancellationToken ct) => db.ListAsync<TenantId>(TenantsOf, new { UserId = userId }, ct);

    public Task SignedInAsync(long userId, CancellationToken ct) => db.RunAsync(SignedIn, new { UserId = userId, Now = time.GetUtcNow() }, ct);

    public Task RehashAsync(Account account, string password, CancellationToken ct) =>
        db.RunAsync(Rehash, new { account.UserId, Old = account.PasswordHash, New = passwords.Hash(password) }, ct);

    /// <returns>The account's new stamp.</returns>
    public async Task<string> SetPasswordAsync(SystemTransaction tx, long userId, string password, CancellationToken ct)
    {
        var stamp = NewStamp();
        await tx.RunAsync(SetPassword, new { UserId = userId, PasswordHash = passwords.Hash(password), SecurityStamp = stamp, Now = time.GetUtcNow(), PasswordPolicy.MostHistory }, ct);
        return stamp;
    }

    public async Task SetPasswordAsync(long userId, string password, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await SetPasswordAsync(tx, userId, password, ct);
        await tx.CommitAsync(ct);
    }

    /// <summary>From now on the person signs in with another address.</summary>
    /// <param name="account">As it was just read.</param>
    /// <returns>The account's new stamp; null when the account was changed meanwhile, or somebody signs in with the address already: then the transaction is of no use any more.</returns>
    public async Task<string?> SetNameAsync(SystemTransaction tx, Account account, EmailAddress name, CancellationToken ct)
    {
        var stamp = NewStamp();
        var row = new { account.UserId, account.SecurityStamp, Index = IndexOf(name), NameSealed = SealName(name, account.UserId), NewStamp = stamp };
        try
        {
            return await tx.RunAsync(SetName, row, ct) == 1 ? stamp : null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>The account with this address, made when there is none. Who exists keeps their password.</summary>
    /// <param name="password">Null makes one, which the answer then carries.</param>
    public async Task<(long UserId, string? NewPassword)> EnsureAsync(SystemTransaction tx, EmailAddress name, string? password, CancellationToken ct)
    {
        var index = IndexOf(name);
        if (await tx.FindAsync<Account>(Find, new { Index = index }, ct) is { } known) return (known.UserId, null);
        var made = password ?? PasswordRule.NewRandom();
        var userId = await tx.FindAsync<long>(NextId, null, ct);
        var row = new
        {
            UserId = userId,
            Index = index,
            NameSealed = SealName(name, userId),
            PasswordHash = passwords.Hash(made),
            SecurityStamp = NewStamp(),
            Now = time.GetUtcNow(),
        };
        if (await tx.RunAsync(Add, row, ct) == 1) return (userId, password is null ? made : null);
        var other = await tx.FindAsync<Account>(Find, new { Index = index }, ct);   // made by someone else since we looked
        return (other!.UserId, null);   // the conflict says that it is there
    }

    /// <returns>False when they are a member already, in whatever role.</returns>
    public async Task<bool> JoinAsync(SystemTransaction tx, long userId, TenantId tenant, Role role, CancellationToken ct) =>
        await tx.RunAsync(AddMembership, new { UserId = userId, Tenant = tenant, Role = role.Name, Now = time.GetUtcNow() }, ct) == 1;

    private byte[] SealName(EmailAddress name, long userId) => sealer.SealSystem(NameColumn, Encoding.UTF8.GetBytes(name.Text), userId);

    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

internal sealed record Account(long UserId, byte[] NameSealed, string PasswordHash, string SecurityStamp);
