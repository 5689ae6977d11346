using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Users;

/// <summary>A person changes their own password: it ends every session but the one that did it, which goes on under another token.</summary>
internal sealed class PasswordChange(SystemDb db, Accounts accounts, PasswordJudge judge, Entrance entrance, Memberships memberships, Letters letters)
{
    /// <summary>The old one has just been proven.</summary>
    public async Task<Fault?> ChangeAsync(HttpContext context, Account account, string password, CancellationToken ct)
    {
        var name = accounts.OpenName(account.UserId, account.NameSealed);
        if (await judge.FaultOfAsync(account.UserId, EmailAddress.Parse(name), password, null, ct) is { } fault) return fault;
        var sessionId = context.Caller.SessionId ?? throw new InvalidOperationException("A page was opened without a session.");
        await using (var tx = await db.BeginAsync(ct))
        {
            var stamp = await accounts.SetPasswordAsync(tx, account.UserId, password, ct);
            await SessionBook.KeepAsync(tx, account.UserId, sessionId, stamp, ct);
            await tx.CommitAsync(ct);
        }
        memberships.Forget();
        await entrance.RenewAsync(context, ct);   // knowing the password is no second factor
        await letters.SendPasswordChangedAsync(account.UserId, name, new AuditEntry(context.Caller.Actor, "user.password-changed", $"user/{account.UserId}"), ct);
        return null;
    }
}
