using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Modular.Tenancy.Factors;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

public sealed partial class QrCodeTests
{
    private const int Scale = 6;

    [Fact]
    public async Task A_scanner_reads_what_was_put_in()
    {
        const string scanner = "/usr/bin/zbarimg";
        Assert.SkipUnless(File.Exists(scanner), "zbarimg is not installed: apt-get install zbar-tools");
        var address = Totp.AddressOf("12345678901234567890"u8, "Modular mail.example", "ann@acme.example");
        using var folder = new TestFolder("qr");
        await File.WriteAllBytesAsync(folder.File("code.pgm"), Paint(QrCode.Of(address)), TestContext.Current.CancellationToken);

        using var reading = Process.Start(new ProcessStartInfo(scanner, ["--quiet", "--raw", folder.File("code.pgm")]) { RedirectStandardOutput = true })!;
        Assert.Equal(address, (await reading.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public void The_quiet_zone_is_there() => Assert.All(Dark(QrCode.Of("x")), at => Assert.InRange(Math.Min(at.X, at.Y), 4, 1000));

    /// <summary>As a browser draws the path, in a grey map.</summary>
    private static byte[] Paint(QrCode code)
    {
        var side = code.Size * Scale;
        var pixels = new byte[side * side];
        Array.Fill(pixels, (byte)255);
        foreach (var (x, y) in Dark(code))
        {
            for (var dy = 0; dy < Scale; dy++) Array.Fill(pixels, (byte)0, (y * Scale + dy) * side + x * Scale, Scale);
        }
        return [.. Encoding.ASCII.GetBytes($"P5 {side} {side} 255\n"), .. pixels];
    }

    private static IEnumerable<(int X, int Y)> Dark(QrCode code) => Run().Matches(code.Path).SelectMany(run =>
        Enumerable.Range(Number(run, 1), Number(run, 3)).Select(x => (x, Number(run, 2))));

    private static int Number(Match run, int group) => int.Parse(run.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("M([0-9]+) ([0-9]+)h([0-9]+)v1h-[0-9]+z")]
    private static partial Regex Run();
}
