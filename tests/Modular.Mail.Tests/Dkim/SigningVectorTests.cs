using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

public sealed class SigningVectorTests
{
    [Fact]
    public void Given_another_signer_s_field_and_key_the_same_signature_comes_out()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(Path.Combine(Corpus.Folder("dkim"), "keys", "rfc8463-rsa-selector-test.pem")));
        Assert.SkipUnless(DkimKey.WhyNoEd25519 is null, DkimKey.WhyNoEd25519 ?? "");
        using var ed25519 = new Ed25519.PrivateKey(Convert.FromBase64String(File.ReadAllText(Path.Combine(Corpus.Folder("dkim"), "keys", "rfc8463-ed25519-selector-brisbane.seed.b64")).Trim()));
        var checkedVectors = 0;
        foreach (var (label, octets) in Corpus.Read("dkim"))
        {
            if (!label.TryGetProperty("vectors", out var vectors))
                continue;
            var (header, body) = DkimVerifierTests.Split(octets);
            foreach (var vector in vectors.EnumerateArray())
            {
                byte[] signed = [.. Encoding.ASCII.GetBytes(vector.GetProperty("signature_header").GetString()!), .. header];
                var signature = DkimVerifier.ReadSignatures(signed)[0];
                var hash = new byte[SHA256.HashSizeInBytes];
                using (var bodyHash = new BodyHash())
                    bodyHash.Compute(body, signature.Body, hash);
                Assert.Equal(vector.GetProperty("bh").GetString(), Convert.ToBase64String(hash));

                DkimVerifier.HashHeader(signature, signed, hash);
                var value = new byte[Ed25519.SignatureBytes];
                if (vector.GetProperty("key").GetString() is "rsa")
                    value = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                else
                    ed25519.Sign(hash, value);
                Assert.Equal(vector.GetProperty("b").GetString(), Convert.ToBase64String(value));
                checkedVectors++;
            }
        }

        Assert.NotEqual(0, checkedVectors);
    }
}
