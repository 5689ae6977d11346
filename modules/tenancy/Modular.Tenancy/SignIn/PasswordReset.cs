using System.Threading.Channels;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// A forgotten password: whoever asks gets the same answer at once, and what is to be done is done afterwards, so that neither words nor time tell whether
/// there is such a person. The link sets a password and does no more: it opens no session and stands for no second factor.
/// </summary>
internal sealed partial class PasswordReset(
    SystemDb db, Accounts accounts, OneUseTokens tokens, Letters letters, PasswordJudge judge, Memberships memberships, ILogger<PasswordReset> log) : BackgroundService
{
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(15);

    private const int MostWaiting = 1000;
    private const int PerNetwork = 20;

    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Nobody fills the queue alone: twenty at once from a network, then one in three minutes.</summary>
    private readonly PartitionedRateLimiter<string> _networks = PartitionedRateLimiter.Create<string, string>(network => RateLimitPartition.GetTokenBucketLimiter(
        network, _ => new TokenBucketRateLimiterOptions { TokenLimit = PerNetwork, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(3), QueueLimit = 0 }));

    /// <summary>Takes note and returns at once.</summary>
    public void Ask(string address, Origin origin)
    {
        using var turn = _networks.AttemptAcquire(origin.Network);
        if (turn.IsAcquired) _asked.Writer.TryWrite(address);
    }

    /// <summary>What <see cref="Ask"/> leads to. Nothing for an address that nobody signs in with, or that has been sent enough already.</summary>
    public async Task SendAsync(string address, CancellationToken ct)
    {
        if (!EmailAddress.TryParse(address, out var name, out _) || await accounts.FindAsync(name, ct) is not { } account) return;
        if (await letters.TenantForAsync(account.UserId, ct) is not { } tenant) return;   // who is in no tenant is helped on the command line
        if (await tokens.MakeAsync(OneUseTokens.PasswordReset, account.UserId, null, Age, ct) is not { } token) return;
        await letters.SendResetAsync(tenant, accounts.OpenName(account.UserId, account.NameSealed), token, new AuditEntry("anonymous", "user.reset-asked", $"user/{account.UserId}"), ct);
    }

    /// <returns>Null when it is done; otherwise what stands in the way. A password that will not do leaves the link good.</returns>
    public async Task<Fault?> RedeemAsync(string token, string password, CancellationToken ct)
    {
        if (await tokens.LookAsync(OneUseTokens.PasswordReset, token, ct) is not { UserId: var userId } || await accounts.FindAsync(userId, ct) is not { } account) return new LinkNotGood();
        var name = accounts.OpenName(userId, account.NameSealed);
        if (await judge.FaultOfAsync(userId, EmailAddress.Parse(name), password, null, ct) is { } fault) return fault;
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await tokens.RedeemAsync(tx, OneUseTokens.PasswordReset, token, ct) is null) return new LinkNotGood();
            await accounts.SetPasswordAsync(tx, userId, password, ct);
            await tx.CommitAsync(ct);
        }
        memberships.Forget();
        await letters.SendPasswordChangedAsync(userId, name, new AuditEntry("user:" + name, "user.password-reset", $"user/{userId}"), ct);
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var address in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await SendAsync(address, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);   // without the address: the person will ask again
            }
        }
    }

    public override void Dispose()
    {
        _networks.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A password reset could not be sent")]
    private partial void LogFailed(Exception e);
}
