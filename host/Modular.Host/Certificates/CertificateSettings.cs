namespace Modular.Host.Certificates;

/// <summary>Where the operator's certificate lies. None of it set: the installation signs one itself.</summary>
/// <param name="Path">PEM with the certificate and its chain, or PFX; null when there is none.</param>
/// <param name="KeyPath">PEM with the key; null when it is in the same file.</param>
/// <param name="Password">Of the PFX or of an encrypted key; null when there is none.</param>
internal sealed record CertificateSettings(string? Path, string? KeyPath, string? Password)
{
    public static CertificateSettings Read(IConfiguration settings)
    {
        var section = settings.GetSection("Host:Certificate");
        var read = new CertificateSettings(Text(section["Path"]), Text(section["KeyPath"]), Text(section["Password"]));
        return read is { Path: null, KeyPath: not null }
            ? throw new CannotStartException("Host:Certificate:KeyPath names a key, but Host:Certificate:Path names no certificate. Set both, or neither.")
            : read;
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
