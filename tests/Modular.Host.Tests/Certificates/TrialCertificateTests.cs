using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modular.Host.Certificates;
using Modular.Testing;

namespace Modular.Host.Tests.Certificates;

public sealed class TrialCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["mail.example", "localhost", "127.0.0.1", "::1"];
    private readonly TestFolder _folder = new("trial");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_for_every_name_of_the_machine_and_its_key_for_the_owner_alone()
    {
        var path = TrialCertificate.Ensure(_folder.Path, Names, Now);
        using var made = X509Certificate2.CreateFromPemFile(path);

        Assert.True(made.HasPrivateKey);
        Assert.True(made.MatchesHostname("mail.example") && made.MatchesHostname("localhost") && made.MatchesHostname("127.0.0.1") && made.MatchesHostname("::1"));
        Assert.False(made.MatchesHostname("other.example"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void It_stays_until_a_month_before_its_end()
    {
        var first = Thumbprint(Now);

        Assert.Equal(first, Thumbprint(Now + TrialCertificate.Lifetime - TrialCertificate.RenewedBefore - TimeSpan.FromDays(1)));
        Assert.NotEqual(first, Thumbprint(Now + TrialCertificate.Lifetime - TrialCertificate.RenewedBefore));
    }

    [Fact]
    public void A_new_name_makes_a_new_one()
    {
        var first = Thumbprint(Now);
        Assert.NotEqual(first, Thumbprint(Now, [.. Names, "news.example"]));
    }

    [Fact]
    public void One_that_was_cut_off_is_made_again()
    {
        File.WriteAllText(_folder.File("self-signed.pem"), "-----BEGIN CERTIFICATE-----\nMIIB");
        Assert.NotEmpty(Thumbprint(Now));
    }

    [Fact]
    public void Names_come_from_the_public_address_the_listener_and_the_machine() =>
        Assert.Equal(["mail.example", "192.0.2.1", "box", "localhost", "127.0.0.1", "::1"], TrialCertificate.NamesOf(new Uri("https://mail.example"), IPAddress.Parse("192.0.2.1"), "BOX"));

    private string Thumbprint(DateTimeOffset now, string[]? names = null)
    {
        using var made = X509Certificate2.CreateFromPemFile(TrialCertificate.Ensure(_folder.Path, names ?? Names, now));
        return made.Thumbprint;
    }
}
