namespace Modular.Tenancy.Policies;

/// <summary>
/// What a tenant demands of those who sign in. The defaults are those of NIST SP 800-63B-4: length instead of composition, no expiry, a list of common
/// passwords, a bounded number of attempts. A tenant may be stricter, never laxer.
/// </summary>
internal sealed record AccessPolicy
{
    public static readonly AccessPolicy Default = new();

    public PasswordPolicy Password { get; init; } = new();

    public LockOutPolicy LockOut { get; init; } = new();

    public SessionPolicy Session { get; init; } = new();

    public Factors.FactorPolicy Factors { get; init; } = new();

    /// <summary>The strictest of each: a person who is in several tenants has one password.</summary>
    public static AccessPolicy Strictest(IReadOnlyCollection<AccessPolicy> policies) => policies.Count == 0 ? Default : new AccessPolicy
    {
        Password = new PasswordPolicy
        {
            Shortest = policies.Max(p => p.Password.Shortest),
            LongestAgeDays = policies.Min(p => p.Password.LongestAgeDays),   // passes over null
            History = policies.Max(p => p.Password.History),
            DeniedWords = [.. policies.SelectMany(p => p.Password.DeniedWords).Distinct(StringComparer.OrdinalIgnoreCase)],
        },
        LockOut = new LockOutPolicy { Attempts = policies.Min(p => p.LockOut.Attempts), Minutes = policies.Max(p => p.LockOut.Minutes) },
        Session = new SessionPolicy { IdleMinutes = policies.Min(p => p.Session.IdleMinutes), LongestHours = policies.Min(p => p.Session.LongestHours) },
    };
}

internal sealed record PasswordPolicy
{
    /// <summary>For a password that may be the only factor (NIST SP 800-63B-4 §3.1.1.2).</summary>
    public const int Floor = 15;

    public const int Ceiling = 64;

    public const int MostHistory = 24;

    public const int MostDeniedWords = 500;

    /// <summary>In characters as a person counts them; <see cref="Floor"/> to <see cref="Ceiling"/>.</summary>
    public int Shortest { get; init; } = Floor;

    /// <summary>1 to 3,650; null: a password does not age, which is what the standard advises.</summary>
    public int? LongestAgeDays { get; init; }

    /// <summary>How many of the last passwords, the present one among them, may not be the next; 0 to <see cref="MostHistory"/>.</summary>
    public int History { get; init; }

    /// <summary>No password may contain one of these, in any case; 3 to 64 characters each.</summary>
    public IReadOnlyList<string> DeniedWords { get; init; } = [];
}

/// <summary>Wrong passwords in a row for one account from one place (a network, or a device that is known) before that place has to wait.</summary>
internal sealed record LockOutPolicy
{
    /// <summary>3 to 10: after ten the suite makes everyone wait anyway.</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>From the last wrong one, 1 to 1,440.</summary>
    public int Minutes { get; init; } = 15;
}

internal sealed record SessionPolicy
{
    /// <summary>Without any use; 5 to 1,440. Pages that refresh themselves are no use.</summary>
    public int IdleMinutes { get; init; } = 60;

    /// <summary>Whatever happens; 1 to 168.</summary>
    public int LongestHours { get; init; } = 12;
}
