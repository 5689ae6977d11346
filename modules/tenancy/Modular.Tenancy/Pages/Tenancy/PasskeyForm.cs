namespace Modular.Tenancy.Pages.Tenancy;

/// <param name="Post">Where the answer of the passkey goes.</param>
/// <param name="Options">Where the question for it comes from.</param>
internal sealed record PasskeyForm(string Post, string Options, string? Return);
