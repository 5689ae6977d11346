using Modular.Contacts.DropFolder;

namespace Modular.Contacts.Tests.DropFolder;

public sealed class DavPathTests
{
    [Theory]
    [InlineData("/dav/acme", "/")]
    [InlineData("/dav/acme/", "/")]
    [InlineData("/dav/acme/import/a%20b.csv", "/import/a b.csv")]
    [InlineData("/dav/acme/import//a.csv/", "/import/a.csv")]
    [InlineData("/dav/acme/import/a.csv?x=1", "/import/a.csv")]
    [InlineData("/dav/acme/import/100%25.csv", "/import/100%.csv")]
    [InlineData("/dav/acme/import/%C3%BC.csv", "/import/ü.csv")]
    [InlineData("/dav/acme/import/u%CC%88.csv", "/import/ü.csv")]
    [InlineData("/dav/acme/import/a%252fb", "/import/a%2fb")]
    public void A_URL_names_a_place_below_the_folder(string raw, string key) => Assert.Equal(key, DavPath.Parse(raw, "/dav/acme")?.Key);

    [Theory]
    [InlineData("/dav/acme/../globex/import/x.csv")]
    [InlineData("/dav/acme/import/%2e%2e/%2e%2e/x")]
    [InlineData("/dav/acme/import/..%2f..%2fx")]
    [InlineData("/dav/acme/import/a%2fb.csv")]
    [InlineData("/dav/acme/import/a%5cb.csv")]
    [InlineData("/dav/acme/import/a%00.csv")]
    [InlineData("/dav/acme/import/a:b.csv")]
    [InlineData("/dav/acme/import/a%0d%0ab.csv")]
    [InlineData("/dav/acme/import/a#b.csv")]
    [InlineData("/dav/acme/import/%ff.csv")]
    [InlineData("/dav/acmeevil/import/x.csv")]
    [InlineData("/elsewhere")]
    public void No_URL_leads_out_of_it(string raw) => Assert.Null(DavPath.Parse(raw, "/dav/acme"));

    [Fact]
    public void Names_and_depth_are_bounded()
    {
        Assert.NotNull(DavPath.Parse("/dav/acme/import/" + new string('x', 255), "/dav/acme"));
        Assert.Null(DavPath.Parse("/dav/acme/import/" + new string('x', 256), "/dav/acme"));
        Assert.Null(DavPath.Parse("/dav/acme" + string.Concat(Enumerable.Repeat("/x", 33)), "/dav/acme"));
    }

    [Theory]
    [InlineData("people.csv", false)]
    [InlineData("people.xlsx", false)]
    [InlineData("._people.csv", true)]
    [InlineData(".DS_Store", true)]
    [InlineData("Thumbs.db", true)]
    [InlineData("people.errors.csv", true)]
    [InlineData("people.csv.part", true)]
    [InlineData("people.csv.json", true)]
    public void What_computers_leave_behind_is_no_import(string name, bool isIgnored) => Assert.Equal(isIgnored, Arrivals.IsIgnored(name));
}
