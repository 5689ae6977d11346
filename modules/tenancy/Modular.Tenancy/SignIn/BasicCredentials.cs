using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Networks;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// HTTP Basic (RFC 7617) for drop folders. A WebDAV client sends its password with every request, and each check costs 100 ms of hashing, so a right one is remembered
/// for some minutes: not the password, but a MAC of it under a key that this process alone has. What was remembered still has to be
/// the caller now: a changed password or a lost membership ends it within seconds.
/// </summary>
internal sealed class BasicCredentials(PasswordCheck passwords, Memberships memberships, Callers callers, ITenants tenants, NetworkRules networks, FactorGate factors, TimeProvider time) : ICredentials
{
    private const string KeyUser = "key";
    private const int MostHeaderLength = 2000;

    private readonly byte[] _macKey = RandomNumberGenerator.GetBytes(32);
    private readonly Remembered<string, (long UserId, string Stamp)> _right = new(TimeSpan.FromMinutes(5), most: 10_000, time);

    public async ValueTask<Caller?> FromBasicAsync(HttpContext context, string tenantSlug, CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(context) || Read(context.Request.Headers.Authorization.ToString()) is not (var user, var password)) return null;
        if (await tenants.FindAsync(tenantSlug, ct) is not { State: TenantState.Active } tenant) return null;
        if (user == KeyUser)
        {
            var byKey = await callers.FromKeyAsync(password, context.Client.Address, ct);
            return byKey.IsOk && byKey.Value.Tenant == tenant.Id ? byKey.Value : null;
        }

        var mac = Convert.ToHexString(HMACSHA256.HashData(_macKey, Encoding.UTF8.GetBytes($"{user}\0{password}")));
        if (!_right.TryGet(mac, out var person) || await memberships.CallerAsync(person.UserId, tenant.Id, person.Stamp, ct) is not { } known)
        {
            if (await passwords.CheckAsync(user, password, _ => Origin.Of(context), ct) is not PasswordVerdict.Right right) return null;
            person = (right.Account.UserId, right.Account.SecurityStamp);
            _right.Keep(mac, person);
            if (await memberships.CallerAsync(person.UserId, tenant.Id, person.Stamp, ct) is not { } member) return null;
            known = member;
        }
        // A door that can ask for no second factor is closed to those who have to show one; they take a key.
        if (await factors.NeedAsync(person.UserId, tenant.Id, context.Client.Address, ct) is not FactorNeed.None) return null;
        return await networks.AllowAsync(known, NetworkList.None, context.Client.Address, ct) ? known : null;
    }

    private static (string User, string Password)? Read(string header)
    {
        if (header.Length > MostHeaderLength || !AuthenticationHeaderValue.TryParse(header, out var sent) || !sent.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(sent.Parameter ?? ""));
            return text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (text[..colon], text[(colon + 1)..]) : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
