using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>The form that asks for a factor, wherever it stands. The page it stands on has the handlers <c>Code</c>, <c>Sms</c>, <c>Passkey</c> and <c>PasskeyOptions</c>.</summary>
internal sealed record FactorForm(FactorChoices Choices, string? Return)
{
    /// <summary>Never shown again; the form's field needs a name.</summary>
    public string? Code { get; init; }
}
