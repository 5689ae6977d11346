using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Modular.Tenancy.Users;

/// <summary>
/// The framework's own hasher, PBKDF2 with HMAC-SHA-512, some 100 ms of one core for each check. Only half of the cores ever hash at once, so that a flood of attempts
/// leaves the rest of the suite alive; who waits too long in that queue is turned away.
/// </summary>
internal sealed class Passwords : IDisposable
{
    public const int Iterations = 210_000;

    private readonly PasswordHasher<Account> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly ConcurrencyLimiter _cores = new(new ConcurrencyLimiterOptions { PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = 100 });
    private readonly Lazy<string> _nobody;

    public Passwords() => _nobody = new Lazy<string>(() => Hash(PasswordRule.NewRandom()));

    public string Hash(string password) => _hasher.HashPassword(null!, PasswordRule.Normal(password));   // the framework's hasher does not look at the user

    /// <summary>A turn at the hasher; not acquired when too many wait. One turn covers one check.</summary>
    public ValueTask<RateLimitLease> WaitTurnAsync(CancellationToken ct) => _cores.AcquireAsync(1, ct);

    /// <param name="hash">Null for a user there is not: the work is the same, the answer is no.</param>
    /// <param name="isOutdated">It is right, but was hashed with less work than we want today.</param>
    public bool IsRight(string? hash, string password, out bool isOutdated)
    {
        var nobody = _nobody.Value;   // for everyone, so that the first unknown user does not pay for making it
        var isPossible = hash is not null && PasswordRule.IsWithinBounds(password);
        var verdict = _hasher.VerifyHashedPassword(null!, isPossible ? hash! : nobody, isPossible ? PasswordRule.Normal(password) : "nobody");
        isOutdated = verdict is PasswordVerificationResult.SuccessRehashNeeded;
        return isPossible && verdict is not PasswordVerificationResult.Failed;
    }

    public void Dispose() => _cores.Dispose();
}
