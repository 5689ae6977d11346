namespace Modular.Mail.Authentication;

/// <summary>What SPF says of a client (RFC 7208 §2.6).</summary>
public enum SpfVerdict
{
    /// <summary>There is no domain to ask about, or it publishes nothing.</summary>
    None,

    /// <summary>The domain says that it says nothing.</summary>
    Neutral,

    Pass,

    Fail,

    /// <summary>Probably not, says the domain.</summary>
    SoftFail,

    /// <summary>The domain name system gave no answer; later it may.</summary>
    TempError,

    /// <summary>The domain's records cannot be understood, or ask for more work than is allowed.</summary>
    PermError,
}

/// <param name="Domain">Whose record was looked at: that of the envelope sender, or of HELO when the sender is empty.</param>
/// <param name="Reason">The term that decided, or what is wrong; for a log or a comment.</param>
/// <param name="Explanation">The domain's own words on a <see cref="SpfVerdict.Fail"/> (RFC 7208 §6.2), printable ASCII; null when it has none. Not to be believed.</param>
public sealed record SpfResult(SpfVerdict Verdict, string Domain, string Reason, string? Explanation = null);
