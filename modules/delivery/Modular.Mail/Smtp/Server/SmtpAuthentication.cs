using System.Net;

namespace Modular.Mail.Smtp.Server;

/// <summary>How one listener lets clients sign in (RFC 4954), by PLAIN, LOGIN and SCRAM-SHA-256. Offered under TLS only.</summary>
public sealed record SmtpAuthentication
{
    /// <summary>Recipients are taken from those who signed in, and from nobody else: submission (RFC 6409 §4.3).</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>True lets an address sign in without TLS. For programs on the same machine and for tests.</summary>
    public Func<IPAddress, bool> MayBeInClear { get; init; } = static _ => false;

    /// <summary>Failed sign-ins before the session is closed with 421.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>How long the answer to a failed sign-in is held back; twice as long for the next.</summary>
    public TimeSpan FailureDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Makes the salts of user names that do not exist. The same in all processes and at every start, or a change of salt would give them away.</summary>
    public required ReadOnlyMemory<byte> DecoySecret { get; init; }
}

/// <summary>What a handler says of a user name.</summary>
/// <param name="Keys">Null when nobody has that name: the session goes on as if somebody had, and fails at the end.</param>
/// <param name="Holder">Anything of the handler's; it comes back in <see cref="ISmtpServerHandler.SignInAsync"/>.</param>
/// <param name="Refusal">Not null ends the attempt before any password is looked at, as when there were too many.</param>
public sealed record CredentialAnswer(ScramKeys? Keys, object? Holder = null, SmtpReply? Refusal = null)
{
    public static CredentialAnswer Nobody { get; } = new(Keys: null);
}

/// <summary>Who a session's client has proven to be.</summary>
/// <param name="UserName">As it was sent.</param>
/// <param name="Rights">What the handler keeps of it; null when it needs nothing.</param>
public sealed record SmtpIdentity(string UserName, object? Rights);

/// <summary>What a handler says to a proven password: either an identity or a refusal.</summary>
public abstract record SignInAnswer
{
    private SignInAnswer() { }

    public sealed record Accepted(object? Rights) : SignInAnswer;

    /// <param name="Reply">Null for the reply to a wrong password, which tells nothing.</param>
    public sealed record Refused(SmtpReply? Reply = null) : SignInAnswer;
}
