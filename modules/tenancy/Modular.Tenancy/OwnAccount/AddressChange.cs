using Modular.Kernel.Auditing;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.OwnAccount;

/// <summary>
/// Another address to sign in with. It proves itself by a link that only the account which asked can use, so that nobody binds a stranger's mailbox to theirs.
/// Whether somebody signs in with the address already is told to its mailbox alone: whoever asks gets the same answer.
/// </summary>
internal sealed class AddressChange(SystemDb db, Accounts accounts, OneUseTokens tokens, Letters letters, Memberships memberships, Deeds deeds)
{
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(30);

    /// <returns>Null when the letters are on their way.</returns>
    public async Task<Fault?> AskAsync(Caller caller, string typed, CancellationToken ct)
    {
        if (!EmailAddress.TryParse(typed, out var wanted, out var reason)) return new BadAddress(reason);
        if (caller.UserId is not { } userId || await accounts.FindAsync(userId, ct) is not { } account) return new UnknownUser();
        var before = accounts.OpenName(userId, account.NameSealed);
        if (EmailAddress.Parse(before).Key == wanted.Key) return new AddressIsYours();
        if (await letters.TenantForAsync(userId, ct) is not { } tenant) return new NobodyWritesForYou();
        if (await tokens.MakeAsync(OneUseTokens.AddressChange, userId, wanted.Text, Age, ct) is not { } token) return new TooManyLinks(OneUseTokens.MostInAnHour);   // also for one that is taken: the work must not tell
        var isTaken = await accounts.FindAsync(wanted, ct) is not null;
        var why = new AuditEntry(caller.Actor, "user.address-asked", AddressDeeds.SubjectOf(userId)) { Before = before, After = wanted.Text };
        await letters.SendAddressAskedAsync(tenant, before, wanted.Text, isTaken ? null : token, why, ct);
        return null;
    }

    /// <returns>The address that this link is good for, in the hands of the one who asked; null when it is not good.</returns>
    public async Task<string?> LookAsync(Caller caller, string token, CancellationToken ct) =>
        await tokens.LookAsync(OneUseTokens.AddressChange, token, ct) is { } use && use.UserId == caller.UserId ? use.Detail : null;

    /// <summary>Ends every session but the caller's, which is to be renewed afterwards.</summary>
    /// <returns>Null when it is done.</returns>
    public async Task<Fault?> RedeemAsync(Caller caller, string token, CancellationToken ct)
    {
        if (await LookAsync(caller, token, ct) is not { } wanted || caller is not { UserId: { } userId, SessionId: { } sessionId } || await accounts.FindAsync(userId, ct) is not { } account) return new LinkNotGood();
        var before = accounts.OpenName(userId, account.NameSealed);
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await tokens.RedeemAsync(tx, OneUseTokens.AddressChange, token, ct) is null) return new LinkNotGood();
            if (await accounts.SetNameAsync(tx, account, EmailAddress.Parse(wanted), ct) is not { } stamp) return new LinkNotGood();   // taken since: the same words
            await SessionBook.KeepAsync(tx, userId, sessionId, stamp, ct);
            await tx.CommitAsync(ct);
        }
        await DoneAsync(userId, before, wanted, caller.Actor, ct);
        return null;
    }

    /// <summary>For the command line, whose user has the machine already. It ends every session of the person.</summary>
    public async Task<Fault?> SetAsync(Account account, EmailAddress wanted, string actor, CancellationToken ct)
    {
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await accounts.SetNameAsync(tx, account, wanted, ct) is null) return new AddressTaken();
            await tx.CommitAsync(ct);
        }
        await DoneAsync(account.UserId, accounts.OpenName(account.UserId, account.NameSealed), wanted.Text, actor, ct);
        return null;
    }

    private async Task DoneAsync(long userId, string before, string after, string actor, CancellationToken ct)
    {
        memberships.Forget();
        var deed = new AuditEntry(actor, AddressDeeds.Changed, AddressDeeds.SubjectOf(userId)) { Before = before, After = after };
        await letters.SendAddressChangedAsync(userId, before, deed, ct);
        if ((await accounts.TenantsOfAsync(userId, ct)).Count == 0) await deeds.RecordAsync(null, deed, ct);
    }
}
