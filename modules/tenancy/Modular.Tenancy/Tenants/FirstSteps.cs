namespace Modular.Tenancy.Tenants;

/// <summary>How to sign in. There is no account until someone who may use this machine makes one.</summary>
internal sealed class FirstSteps(HostFacts host, TenantBook book) : IStartupNotice
{
    public async Task<IReadOnlyList<string>> LinesAsync(CancellationToken ct)
    {
        if (!host.Is(HostRoles.Web)) return [];
        return (await book.AllAsync(ct)).Count > 0
            ? ["Sign in with a user's address and password. A forgotten password is replaced by: host/start user set-password ADDRESS"]
            :
            [
                "Nobody can sign in yet, for there is no tenant. Make the first, with an administrator and an API key:",
                "  host/start tenant create acme --name \"Acme\" --admin you@example.com",
                "or watch everything at work, on invented people and without sending anything: host/start demo",
            ];
    }
}
