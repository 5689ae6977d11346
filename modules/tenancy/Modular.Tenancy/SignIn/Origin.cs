using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;

namespace Modular.Tenancy.SignIn;

/// <summary>Where an attempt comes from, as far as throttling cares.</summary>
/// <param name="Network">An IPv4 address or an IPv6 /64, which is what one customer of a provider has.</param>
/// <param name="Device">A device on which this person has signed in before; null when it is not known.</param>
internal sealed record Origin(string Network, string? Device = null)
{
    public static Origin Of(HttpContext context, string? device = null) => new(AddressForm.NetworkOf(context.Client.Address), device);

    /// <inheritdoc cref="ClientAddress.MaySendSecrets"/>
    public static bool MaySendSecrets(HttpContext context) => context.Client.MaySendSecrets;
}

internal static class OriginOnThrottle
{
    extension(SignInThrottle throttle)
    {
        public TimeSpan? Wait(Guid account, Origin origin) => throttle.Wait(AttemptOf(account, origin));

        public void CountFailure(Guid account, Origin origin) => throttle.CountFailure(AttemptOf(account, origin));
    }

    private static SignInAttempt AttemptOf(Guid account, Origin origin) => new(account.ToString(), origin.Network, origin.Device);
}
