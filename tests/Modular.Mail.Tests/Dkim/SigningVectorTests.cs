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
        var checkedVectors = 0;
        foreach (var (label, octets) in Corpus.Read("dkim"))
        {
            if (!label.TryGetProperty("vectors", out var vectors))
                continue;
            var (header, body) = DkimVerifierTests.Split(octets);
            foreach (var vector in vectors.EnumerateArray().Where(v => v.GetProperty("key").GetString() is "rsa"))
            {
                byte[] signed = [.. Encoding.ASCII.GetBytes(vector.GetProperty("signature_header").GetString()!), .. header];
                var signature = DkimVerifier.ReadSignatures(signed)[0];
                var hash = new byte[SHA256.HashSizeInBytes];
                using (var bodyHash = new BodyHash())
                    bodyHash.Compute(body, signature.Body, hash);
                Assert.Equal(vector.GetProperty("bh").GetString(), Convert.ToBase64String(hash));

                DkimVerifier.HashHeader(signature, signed, hash);
                Assert.Equal(vector.GetProperty("b").GetString(), Convert.ToBase64String(rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
                checkedVectors++;
            }
        }

        Assert.NotEqual(0, checkedVectors);
    }
}
