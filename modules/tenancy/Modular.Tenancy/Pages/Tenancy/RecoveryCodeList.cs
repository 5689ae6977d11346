namespace Modular.Tenancy.Pages.Tenancy;

/// <param name="Onward">Where the person goes once they have kept the codes.</param>
internal sealed record RecoveryCodeList(IReadOnlyList<string> Codes, string Onward);
