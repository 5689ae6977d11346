using System.Net;
using System.Text;
using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t01_import;

public sealed class DropFolderTests(LoopHost host) : IClassFixture<LoopHost>
{
    [Fact]
    public async Task A_dropped_file_becomes_contacts_and_tells_its_bad_rows()
    {
        var csv = "email,first_name,last_name\r\n\"ann@town.example\",Ann,\"Baker, Jr.\"\r\nnobody,Bob,B\r\nANN@town.example,Ann,\"Two\nlines\"\r\nдарья@почта.example,Дарья,Ж\r\n,No,Address\r\n";

        Assert.Equal(HttpStatusCode.Created, await host.Rest.PutFileAsync("people.csv", Encoding.UTF8.GetBytes(csv)));
        var job = (await host.Rest.UntilAsync("imports", jobs => (string?)jobs["items"]![0]?["state"] == "finished"))["items"]![0]!; // waited for

        Assert.Equal((5, 2, 1, 2), ((int)job["rows"]!, (int)job["added"]!, (int)job["duplicates"]!, (int)job["faulty"]!));
        var errors = (await host.Rest.GetFileAsync((string)job["errorFile"]!)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, errors.Length);
        Assert.StartsWith("3,email,", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("7,email,", errors[2], StringComparison.Ordinal);
        var ann = (await host.Rest.GetAsync("contacts?email=ann@town.example"))["items"]![0]!; // imported above
        Assert.Equal("Two\nlines", (string?)ann["fields"]!["last_name"]);
    }
}
