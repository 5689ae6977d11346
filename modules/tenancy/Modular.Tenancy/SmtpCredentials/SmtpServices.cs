using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Credentials;
using Modular.Web.Kit;

namespace Modular.Tenancy.SmtpCredentials;

internal static class SmtpServices
{
    public static IServiceCollection AddSmtpCredentials(this IServiceCollection services) => services
        .AddSingleton<SmtpRegister>()
        .AddUnsealedColumn("tenancy.smtp_secret", "salt", "random")
        .AddUnsealedColumn("tenancy.smtp_secret", "stored_key", "derived one way from 178 random bits")
        .AddUnsealedColumn("tenancy.smtp_secret", "server_key", "derived one way from 178 random bits")
        .AddSingleton<ISmtpCredentials>(s => s.GetRequiredService<SmtpRegister>())
        .AddCredentialCommands<SmtpRegister>()
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "SMTP", "/settings/smtp", 45, Permissions.KeysManage));
}
