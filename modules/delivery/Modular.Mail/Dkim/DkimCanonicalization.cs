namespace Modular.Mail.Dkim;

/// <summary>How octets are made comparable before they are hashed (RFC 6376 §3.4).</summary>
public enum DkimCanonicalization
{
    /// <summary>As they are, but for empty lines at the end of the body.</summary>
    Simple,

    /// <summary>Field names in lower case, folds undone, runs of blanks as one, blanks at line ends gone.</summary>
    Relaxed,
}
