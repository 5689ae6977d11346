using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Modular.Tenancy.Factors;

/// <summary>
/// Passkeys (WebAuthn), by the framework's own handler. The user is verified at the device always, so one shows two factors: that it is there,
/// and that its owner is. The domain is the installation's public one, never what a request calls itself.
/// </summary>
internal sealed class Passkeys(FactorBook book, HostFacts host)
{
    private readonly IOptions<IdentityPasskeyOptions> _options = Options.Create(new IdentityPasskeyOptions
    {
        ServerDomain = DomainOf(host.PublicUrl),
        UserVerificationRequirement = "required",
        ResidentKeyRequirement = "required",   // it says itself whose it is, so nobody types an address
        AttestationConveyancePreference = "none",
        AuthenticatorTimeout = Challenges.Age,
        ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && IsOurs(host, context.Origin)),
    });

    /// <summary>Null when browsers make no passkeys for where this installation is: an address in the place of a name, or no HTTPS.</summary>
    public static string? DomainOf(Uri publicUrl) => publicUrl switch
    {
        { IsLoopback: true } => "localhost",
        { Scheme: "https", HostNameType: UriHostNameType.Dns } => publicUrl.Host,
        _ => null,
    };

    public bool ArePossible => DomainOf(host.PublicUrl) is not null;

    public async Task<(string Options, string State)> AskForNewAsync(HttpContext context, long userId, string address)
    {
        using var users = Users();
        var entity = new PasskeyUserEntity { Id = userId.ToString(CultureInfo.InvariantCulture), Name = address, DisplayName = address };
        var asked = await Handler(users).MakeCreationOptionsAsync(entity, context);
        return (asked.CreationOptionsJson, asked.AttestationState ?? "");
    }

    /// <returns>What to keep of it; null when the answer is not one to this question.</returns>
    public async Task<(byte[] CredentialId, byte[] Secret)?> TakeNewAsync(HttpContext context, long userId, string state, string credentialJson)
    {
        using var users = Users();
        var taken = await Handler(users).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = credentialJson, AttestationState = state });
        return taken.Succeeded && taken.UserEntity.Id == userId.ToString(CultureInfo.InvariantCulture) ? (taken.Passkey.CredentialId, Pack(taken.Passkey)) : null;
    }

    /// <param name="userId">Whose passkey; null for anyone's, which then says whose it is.</param>
    public async Task<(string Options, string State)> AskAsync(HttpContext context, long? userId)
    {
        using var users = Users();
        var asked = await Handler(users).MakeRequestOptionsAsync(userId is { } id ? new PasskeyOwner(id) : null, context);
        return (asked.RequestOptionsJson, asked.AssertionState ?? "");
    }

    /// <returns>Whose passkey answered; null when it was none of ours, or not an answer to this question.</returns>
    public async Task<long?> CheckAsync(HttpContext context, string state, string credentialJson, CancellationToken ct)
    {
        using var users = Users();
        var shown = await Handler(users).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = credentialJson, AssertionState = state });
        if (!shown.Succeeded || await book.FindPasskeyAsync(shown.Passkey.CredentialId, ct) is not { } factor || factor.UserId != shown.User.UserId) return null;
        await book.UsedAsync(factor, Pack(shown.Passkey), ct);   // its counter went on
        return factor.UserId;
    }

    private static bool IsOurs(HostFacts host, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (from.GetLeftPart(UriPartial.Authority) == host.PublicUrl.GetLeftPart(UriPartial.Authority)
            || (host.PublicUrl.IsLoopback && from.Host == "localhost" && from.Port == (from.Scheme == Uri.UriSchemeHttps ? host.Ports.Https : host.Ports.Console)));

    private PasskeyHandler<PasskeyOwner> Handler(UserManager<PasskeyOwner> users) => new(users, _options);

    private UserManager<PasskeyOwner> Users() => new(
        new PasskeyStore(book, this), Options.Create(new IdentityOptions()), new PasswordHasher<PasskeyOwner>(), [], [], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), null!, NullLogger<UserManager<PasskeyOwner>>.Instance);

    private static byte[] Pack(UserPasskeyInfo key) =>
        JsonSerializer.SerializeToUtf8Bytes(new Kept(key.CredentialId, key.PublicKey, key.SignCount, key.Transports ?? [], key.IsUserVerified, key.IsBackupEligible, key.IsBackedUp));

    internal UserPasskeyInfo Unpack(Factor factor)
    {
        var kept = JsonSerializer.Deserialize<Kept>(book.SecretOf(factor))!;   // we wrote an object
        return new UserPasskeyInfo(kept.Id, kept.PublicKey, factor.CreatedAt, kept.Count, kept.Transports, kept.IsVerified, kept.MayBeBackedUp, kept.IsBackedUp, [], []) { Name = factor.Name };
    }

    private sealed record Kept(byte[] Id, byte[] PublicKey, uint Count, string[] Transports, bool IsVerified, bool MayBeBackedUp, bool IsBackedUp);
}

internal sealed record PasskeyOwner(long UserId);
