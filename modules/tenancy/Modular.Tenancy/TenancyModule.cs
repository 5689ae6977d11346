using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Keys;
using Modular.Tenancy.Networks;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Sms;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

[assembly: Module(typeof(TenancyModule))]

namespace Modular.Tenancy;

/// <summary>Who is this, which tenant, may they: tenants, the people who sign in, the keys of programs, and the doors that check them.</summary>
public sealed class TenancyModule : IModule
{
    public string Name => "tenancy";

    public void AddServices(IServiceCollection services, IConfigurationSection settings) =>
        services.AddTenants().AddUsers().AddNetworks().AddApiKeys().AddSmtpCredentials().AddSignIn().AddKeyRing().AddKeyRotation().AddQuotas().AddSms().AddFactors();

    public void MapEndpoints(ModuleRoutes routes)
    {
        routes.Api.MapTenants();
        routes.Api.MapNetworks();
        routes.Api.MapCredentials();
    }
}
