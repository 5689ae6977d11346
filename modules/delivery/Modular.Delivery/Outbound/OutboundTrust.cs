using System.Security.Cryptography.X509Certificates;

namespace Modular.Delivery.Outbound;

/// <summary>Whom this side trusts to vouch for other servers' certificates.</summary>
/// <param name="Roots">Null for those whom the system trusts.</param>
/// <param name="PolicyPort">Where MTA-STS policies are fetched.</param>
internal sealed record OutboundTrust(X509ChainPolicy? Roots, int PolicyPort = 443)
{
    /// <param name="rootsFile">PEM; empty for the system's.</param>
    public static OutboundTrust Read(string rootsFile)
    {
        if (rootsFile.Length is 0) return new OutboundTrust((X509ChainPolicy?)null);
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(rootsFile);
        if (roots.Count is 0) throw new InvalidOperationException($"Delivery:Tls:RootsFile: {rootsFile} holds no certificate in PEM form.");
        return Of(roots);
    }

    public static OutboundTrust Of(X509Certificate2Collection roots, int policyPort = 443)
    {
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.AddRange(roots);
        return new OutboundTrust(chain, policyPort);
    }
}
