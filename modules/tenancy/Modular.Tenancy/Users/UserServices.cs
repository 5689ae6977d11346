using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Agreement;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.SupportAccess;
using Modular.Web.Kit;

namespace Modular.Tenancy.Users;

internal static class UserServices
{
    public static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<Passwords>()
        .AddSingleton<Accounts>()
        .AddSingleton<PasswordJudge>()
        .AddSingleton<PasswordChange>()
        .AddSingleton<Letters>()
        .AddSingleton<AddressChange>()
        .AddSingleton<OwnAccountBook>()
        .AddSingleton<OwnDataFile>()
        .AddSingleton<ICommand, UserSetAddressCommand>()
        .AddSingleton<Operators>()
        .AddSingleton<RoleBook>()
        .AddSingleton<MemberBook>()
        .AddSingleton<InvitationBook>()
        .AddSingleton<AgreementBook>()
        .AddSingleton<SupportBook>()
        .AddSingleton<ICommand, AgreementPublishCommand>()
        .AddSingleton<ICommand, OperatorCreateCommand>()
        .AddSingleton<ICommand, OperatorListCommand>()
        .AddSingleton<OperatorKeys>()
        .AddSingleton<ICommand, OperatorKeyCreateCommand>()
        .AddSingleton<ICommand, OperatorKeyListCommand>()
        .AddSingleton<ICommand, OperatorKeyRevokeCommand>()
        .AddSingleton<ICommand, OperatorRemoveCommand>()
        .AddSingleton<ICommand, UserCreateCommand>()
        .AddSingleton<ICommand, UserSetPasswordCommand>()
        .AddSealedColumn("tenancy.invitation", "invitation_id", "address_sealed", InvitationBook.Purpose)
        .AddUnsealedColumn("tenancy.invitation", "hash", "SHA-256 of 256 random bits")
        .AddUnsealedColumn("tenancy.one_use_token", "hash", "SHA-256 of 256 random bits")
        .AddSealedColumn("tenancy.one_use_token", "user_id", "detail_sealed", OneUseTokens.DetailPurpose)
        .AddSealedColumn("tenancy.agreement_acceptance", "acceptance_id", "agent_sealed", AgreementBook.AgentPurpose)
        .AddUnsealedColumn("tenancy.agreement_acceptance", "text_hash", "SHA-256 of an agreement that everyone reads")
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Support", "/settings/support", 60, Permissions.SupportGrant))
        .AddNavigation(new NavigationItem(NavigationGroup.Installation, "Support", "/installation/support", 20, Permissions.InstallationManage))
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Users", "/settings/users", 20, Permissions.UsersManage))
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Roles", "/settings/roles", 30, Permissions.RolesManage));
}
