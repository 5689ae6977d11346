using System.Globalization;
using System.Text;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Contacts.Tests.Importing;

/// <summary>How an import meets a tenant's limits, and its end.</summary>
public sealed class QuotaTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_beyond_the_quota_keeps_what_found_room_and_says_what_did_not()
    {
        Tenancy.Quota = Quota.None with { Contacts = ImportBatch.MaxRows + 10 };
        var job = await ImportAsync("many.csv", People(ImportBatch.MaxRows + 50));

        Assert.Equal(("failed", (long)ImportBatch.MaxRows), (job.State, job.Added));
        Assert.Contains("contacts is used up", job.Fault, StringComparison.Ordinal);
        Assert.Equal(ImportBatch.MaxRows, await Limits.CountAsync(Tenant, Ct));

        // Who is there already may be imported again, and changed.
        var again = await ImportAsync("again.csv", "email,first_name\np1@example.com,Ann\n");
        Assert.Equal(("finished", 1L), (again.State, again.Updated));
        Tenancy.Quota = Quota.None;
        Assert.Equal(50, (await ImportAsync("rest.csv", People(ImportBatch.MaxRows + 50))).Added);
    }

    [Fact]
    public async Task Storage_that_is_used_up_stops_an_import_too()
    {
        Tenancy.Quota = Quota.None with { StorageBytes = 1 };
        var job = await ImportAsync("people.csv", People(3));

        Assert.Equal("failed", job.State);
        Assert.Contains("of storage is used up", job.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_count_as_storage_and_find_room_as_long_as_there_is_some()
    {
        var rooms = new DropFolderRoom(Folders, new DropFolderSettings { QuotaBytes = 1 << 20 }, Tenancy, Use);
        var uploads = new Uploads(Folders, rooms, new DropFolderSettings(), Jobs, Lists, new ImportSignal());
        Assert.Equal(1 << 20, await rooms.LeftAsync(Tenant, Ct));
        await PutAsync("people.csv", People(1_000));
        var files = await rooms.CountAsync(Tenant, Ct);
        Assert.InRange(files, 18_000, 20_000);
        Assert.Equal((1 << 20) - files, await rooms.LeftAsync(Tenant, Ct));

        Tenancy.Quota = Quota.None with { StorageBytes = await Use.FindAsync(Tenant, Ct) + 500 };
        Assert.InRange(await rooms.LeftAsync(Tenant, Ct), 1, 500);
        Assert.True((await UploadAsync(People(5))).IsOk);
        Assert.IsType<FileTooLarge>((await UploadAsync(People(50))).Fault);

        async Task<Result<string>> UploadAsync(string csv)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(csv));
            return await uploads.StoreAsync(Tenant, "more.csv", content, Ct);
        }
    }

    [Fact]
    public async Task An_import_of_a_tenant_that_was_suspended_waits_and_goes_on_where_it_was()
    {
        var importId = await DropAsync("people.csv", Encoding.UTF8.GetBytes(People(20)));
        Tenancy.State = TenantState.Suspended;
        var waiting = await RunAsync(importId);
        Assert.Equal(("running", 0L), (waiting.State, waiting.Added));

        Tenancy.State = TenantState.Active;
        Clock.Advance(ImportJobs.Lease + TimeSpan.FromSeconds(1));
        var job = await RunAsync(importId);
        Assert.Equal(("finished", 20L), (job.State, job.Added));
    }

    private static string People(int count)
    {
        var csv = new StringBuilder("email,first_name\n");
        for (var i = 0; i < count; i++) csv.Append(CultureInfo.InvariantCulture, $"p{i}@example.com,P\n");
        return csv.ToString();
    }
}
