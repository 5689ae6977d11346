namespace Modular.Tenancy.Users;

/// <summary>Who runs the installation. Only the command line makes one: whoever may use it has the machine already.</summary>
internal sealed class Operators(SystemDb db, TimeProvider time)
{
    private const string IsOne = "select exists (select from tenancy.operator where user_id = @UserId)";

    private const string Add = "insert into tenancy.operator (user_id, created_at) values (@UserId, @Now) on conflict do nothing";

    private const string Remove = "delete from tenancy.operator where user_id = @UserId";

    private const string List = """
        select o.user_id, u.name_sealed, o.created_at, u.signed_in_at
          from tenancy.operator o
          join tenancy.user_account u using (user_id)
         order by o.created_at
        """;

    public Task<bool> IsOneAsync(long userId, CancellationToken ct) => db.FindAsync<bool>(IsOne, new { UserId = userId }, ct);

    /// <returns>False when they are one already.</returns>
    public async Task<bool> AddAsync(SystemTransaction tx, long userId, CancellationToken ct) => await tx.RunAsync(Add, new { UserId = userId, Now = time.GetUtcNow() }, ct) == 1;

    /// <returns>False when they were none.</returns>
    public async Task<bool> RemoveAsync(long userId, CancellationToken ct) => await db.RunAsync(Remove, new { UserId = userId }, ct) == 1;

    public Task<IReadOnlyList<ListedOperator>> ListAsync(CancellationToken ct) => db.ListAsync<ListedOperator>(List, null, ct);
}

internal sealed record ListedOperator(long UserId, byte[] NameSealed, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt);
