using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Modular.Tenancy.Factors;

/// <summary>What the framework's passkey handler asks about people and their passkeys. It changes nothing: what it found out is stored by who asked it.</summary>
internal sealed class PasskeyStore(FactorBook book, Passkeys passkeys) : IUserPasskeyStore<PasskeyOwner>
{
    public Task<string> GetUserIdAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult(user.UserId.ToString(CultureInfo.InvariantCulture));

    public Task<string?> GetUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserId.ToString(CultureInfo.InvariantCulture));

    public Task<PasskeyOwner?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new PasskeyOwner(id) : null);

    public Task<PasskeyOwner?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByIdAsync(normalizedUserName, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyOwner user, CancellationToken cancellationToken) =>
        [.. (await book.ListAsync(user.UserId, cancellationToken)).Where(f => f.Kind == FactorKinds.Passkey).Select(passkeys.Unpack)];

    public async Task<PasskeyOwner?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await book.FindPasskeyAsync(credentialId, cancellationToken) is { } factor ? new PasskeyOwner(factor.UserId) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) =>
        await book.FindPasskeyAsync(credentialId, cancellationToken) is { } factor && factor.UserId == user.UserId ? passkeys.Unpack(factor) : null;

    public Task AddOrUpdatePasskeyAsync(PasskeyOwner user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw NotHere();

    public Task RemovePasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) => throw NotHere();

    public Task SetUserNameAsync(PasskeyOwner user, string? userName, CancellationToken cancellationToken) => throw NotHere();

    public Task<string?> GetNormalizedUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => GetUserNameAsync(user, cancellationToken);

    public Task SetNormalizedUserNameAsync(PasskeyOwner user, string? normalizedName, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> CreateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> UpdateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public Task<IdentityResult> DeleteAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw NotHere();

    public void Dispose()
    {
    }

    private static NotSupportedException NotHere() => new("People and their passkeys are changed by Accounts and FactorBook.");
}
