using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>An authenticator app that is about to be added.</summary>
/// <param name="Key">As it is typed by hand, in groups of four.</param>
internal sealed record NewAppForm(QrCode Qr, string Key, string? Name)
{
    /// <summary>Never shown again; the form's field needs a name.</summary>
    public string? Code { get; init; }

    public static NewAppForm Of(byte[] key, HostFacts host, string address, string? name) => new(
        QrCode.Of(Totp.AddressOf(key, $"Modular {host.PublicUrl.Host}", address)), string.Join(' ', Base32.Encode(key).Chunk(4).Select(four => new string(four))), name);
}
