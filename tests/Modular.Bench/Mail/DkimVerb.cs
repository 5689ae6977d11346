using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Modular.Mail.Dkim;

namespace Modular.Bench.Mail;

/// <summary><c>dkim [SECONDS]</c>: signatures a second on one thread, with <c>openssl speed</c> before and after them in the same run, because a machine's speed is only known while it is measured.</summary>
internal static class DkimVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        var before = await OpensslAsync(seconds);
        DkimKey rsa = DkimKey.Generate();
        var ed25519 = DkimKey.WhyNoEd25519 is null ? DkimKey.Generate(DkimSignatureAlgorithm.Ed25519Sha256) : null;
        var results = new List<(string What, double PerSecond, long Bytes)> { Measure("rsa-sha256", [new("acme.example", "r", rsa.PrivateKeyPem)], seconds) };
        if (ed25519 is not null)
        {
            results.Add(Measure("ed25519-sha256", [new("acme.example", "e", ed25519.PrivateKeyPem)], seconds));
            results.Add(Measure("both", [new("acme.example", "r", rsa.PrivateKeyPem), new("acme.example", "e", ed25519.PrivateKeyPem)], seconds));
        }

        var after = await OpensslAsync(seconds);
        Console.WriteLine($"openssl speed rsa2048     {before,9:N0} signatures/s before, {after:N0} after");
        foreach (var (what, perSecond, bytes) in results)
            Console.WriteLine($"{what,-25} {perSecond,9:N0} messages/s, {perSecond / ((before + after) / 2),6:P0} of openssl's RSA, {bytes:N0} bytes allocated a message");
        return 0;
    }

    private static (string What, double PerSecond, long Bytes) Measure(string what, IReadOnlyList<DkimSigningKey> keys, int seconds)
    {
        var (message, output) = (new ArrayBufferWriter<byte>(64 * 1024), new ArrayBufferWriter<byte>(4 * 1024));
        var layout = new Newsletter().Write(message);
        using var signer = new DkimSigner(keys);
        Sign();
        var (count, allocated, clock) = (0, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        for (; clock.Elapsed.TotalSeconds < seconds; count++)
            Sign();
        return (what, count / clock.Elapsed.TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / count);

        void Sign()
        {
            output.ResetWrittenCount();
            signer.Sign(message.WrittenSpan[..layout.HeaderBytes], message.WrittenSpan[layout.BodyStart..], DateTimeOffset.UnixEpoch, output);
        }
    }

    /// <summary>Not a number where there is no openssl.</summary>
    private static async Task<double> OpensslAsync(int seconds)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", ["speed", "-mr", "-seconds", seconds.ToString(CultureInfo.InvariantCulture), "rsa2048"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var output = await process.StandardOutput.ReadToEndAsync();
            // "+F2:2:2048:3631.9:48052.7": signatures made and checked in a second
            var line = output.Split('\n').FirstOrDefault(text => text.StartsWith("+F2:", StringComparison.Ordinal));
            return line is null ? double.NaN : double.Parse(line.Split(':')[3], CultureInfo.InvariantCulture);
        }
        catch (Win32Exception)
        {
            return double.NaN;
        }
    }
}
