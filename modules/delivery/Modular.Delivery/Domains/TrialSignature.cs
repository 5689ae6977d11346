using System.Text;
using Modular.Mail.Dkim;
using Modular.Mail.Dns;

namespace Modular.Delivery.Domains;

/// <summary>Signs a message that nobody gets, and verifies it as a receiver would.</summary>
internal static class TrialSignature
{
    /// <returns>Null when it passes.</returns>
    public static async Task<string?> WhyNotAsync(DkimSigningKey key, IDnsResolver dns, DateTimeOffset now, CancellationToken ct)
    {
        var (header, body) = (Encoding.ASCII.GetBytes($"From: trial@{key.Domain}\r\n"), "trial\r\n"u8.ToArray());
        var signature = new System.Buffers.ArrayBufferWriter<byte>();
        using (var signer = new DkimSigner([key])) signer.Sign(header, body, now, signature);
        var results = await DkimVerifier.VerifyAsync((byte[])[.. signature.WrittenSpan, .. header], body, dns, now, ct);
        return results is [{ Verdict: DkimVerdict.Pass }] ? null : results[0].Reason;
    }
}
