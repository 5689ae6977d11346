using System.Buffers;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Modular.Mail.Dkim;
using Modular.Mail.Mime;

namespace Modular.Bench.Mail;

/// <summary>The signer against the bare RSA signature, which is its floor.</summary>
[MemoryDiagnoser]
public class DkimSignBenchmarks : IDisposable
{
    private readonly ArrayBufferWriter<byte> message = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> output = new(4 * 1024);
    private readonly RSA rsa = RSA.Create();
    private readonly byte[] hash = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] signature = new byte[256];
    private DkimSigner signer = null!, both = null!; // set by Setup before every run
    private MimeLayout layout;

    [GlobalSetup]
    public void Setup()
    {
        var key = DkimKey.Generate();
        rsa.ImportFromPem(key.PrivateKeyPem);
        signer = new DkimSigner("acme.example", "s1", key.PrivateKeyPem);
        both = new DkimSigner([new("acme.example", "s1", key.PrivateKeyPem), new("acme.example", "s2", DkimKey.Generate(DkimSignatureAlgorithm.Ed25519Sha256).PrivateKeyPem)]);
        layout = new Newsletter().Write(message);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        signer.Dispose();
        both.Dispose();
        rsa.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Sign()
    {
        output.ResetWrittenCount();
        signer.Sign(message.WrittenSpan[..layout.HeaderBytes], message.WrittenSpan[layout.BodyStart..], DateTimeOffset.UnixEpoch, output);
    }

    /// <summary>RSA and Ed25519.</summary>
    [Benchmark]
    public void SignTwice()
    {
        output.ResetWrittenCount();
        both.Sign(message.WrittenSpan[..layout.HeaderBytes], message.WrittenSpan[layout.BodyStart..], DateTimeOffset.UnixEpoch, output);
    }

    [Benchmark(Baseline = true)]
    public bool RsaAlone() => rsa.TrySignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out _);
}
