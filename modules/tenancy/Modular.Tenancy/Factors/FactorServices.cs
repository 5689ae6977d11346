using Microsoft.Extensions.DependencyInjection;
using Modular.Web.Kit;

namespace Modular.Tenancy.Factors;

internal static class FactorServices
{
    public static IServiceCollection AddFactors(this IServiceCollection services) => services
        .AddSingleton<FactorBook>()
        .AddSingleton<RecoveryCodes>()
        .AddSingleton<Challenges>()
        .AddSingleton<FactorGate>()
        .AddSingleton<FactorCheck>()
        .AddSingleton<SmsCodes>()
        .AddSingleton<Passkeys>()
        .AddSingleton<FactorDialogue>()
        .AddSingleton<PasskeySignIn>()
        .AddSingleton<OwnFactors>()
        .AddSingleton<FactorReset>()
        .AddSingleton<FactorStepUp>()
        .AddSingleton<SecondStep>()
        .AddSingleton<FactorNotices>()
        .AddSingleton<ICommand, UserResetFactorsCommand>()
        .AddSealedColumn("tenancy.factor", "user_id", "secret_sealed", FactorBook.Purpose)
        .AddUnsealedColumn("tenancy.factor", "credential_id", "what a browser tells every asker a passkey is called")
        .AddUnsealedColumn("tenancy.recovery_code", "hash", "SHA-256 of 80 random bits")
        .AddSealedColumn("tenancy.challenge", "user_id", "state_sealed", Challenges.Purpose)
        .AddUnsealedColumn("tenancy.challenge", "hash", "SHA-256 of 256 random bits, or of a session's number")
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Second factors", "/settings/factors", 35, Permissions.SecurityManage));
}
