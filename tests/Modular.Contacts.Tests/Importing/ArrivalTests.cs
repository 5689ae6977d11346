using Microsoft.Extensions.Logging.Abstractions;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Contacts.Tests.Importing;

public sealed class ArrivalTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Import => Folders.ImportOf(Tenant);

    [Fact]
    public async Task A_file_becomes_one_import_however_often_it_is_found()
    {
        await PutAsync("people.csv", "email\nann@example.com\n");
        Assert.NotNull(await NewArrivals().ArrivedAsync(Tenant, "people.csv", "user:test", Ct));
        Assert.Null(await NewArrivals().ArrivedAsync(Tenant, "people.csv", "user:test", Ct));
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Single(await Jobs.ListAsync(All, null, 10, Ct));
    }

    [Fact]
    public async Task The_sweep_finds_what_a_crash_left_and_nothing_else()
    {
        foreach (var name in (string[])["left.csv", "._left.csv", "half.csv.part", "left.errors.csv"]) await PutAsync(name, "email\nann@example.com\n");
        await PutAsync("empty.csv", "");
        Folders.LocksOf(Tenant).TryAdd(new DavLock("t", DavPath.Parse("/import/locked.csv", "")!, false, true, null, Clock.GetUtcNow().AddHours(1)), Clock.GetUtcNow());
        await PutAsync("locked.csv", "email\nann@example.com\n");
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Equal(["left.csv"], (await Jobs.ListAsync(All, null, 10, Ct)).Select(j => j.FileName));
    }

    [Fact]
    public async Task An_imported_file_stays_for_a_while_then_goes_to_done_with_its_error_file_and_in_the_end_away()
    {
        var job = await ImportAsync("people.csv", "email\nann@example.com\nnonsense\n");
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.True(File.Exists(Path.Combine(Import, "people.csv")));
        Clock.Advance(TimeSpan.FromMinutes(2));
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Equal(["people.csv", "people.errors.csv"], Directory.EnumerateFiles(Path.Combine(Import, "done")).Select(Path.GetFileName).Order());
        var moved = await Jobs.FindAsync(All, job.ImportId, Ct);
        Assert.Equal((Path.Combine("done", "people.csv"), Path.Combine("done", "people.errors.csv")), (moved!.FileName, moved.ErrorFile));

        foreach (var file in Directory.EnumerateFiles(Path.Combine(Import, "done"))) File.SetLastWriteTimeUtc(file, Clock.GetUtcNow().UtcDateTime);
        Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(Import, "done")).Count());
        Clock.Advance(TimeSpan.FromHours(2));
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Import, "done")));
        Assert.Contains(Audit.Entries, e => e.Action == "drop-folder.emptied");
    }

    [Fact]
    public async Task Settings_beside_the_file_count_and_bad_ones_fail_the_import_with_their_name()
    {
        await PutAsync("a.csv.json", """{"columns": {"Contact": "email"}, "list": "News"}""");
        await PutAsync("a.csv", "Contact\nann@example.com\n");
        var good = await RunAsync((await NewArrivals().ArrivedAsync(Tenant, "a.csv", "user:test", Ct))!.Value);
        Assert.Equal(("finished", 1L), (good.State, good.Added));

        await PutAsync("b.csv.json", "{");
        await PutAsync("b.csv", "Contact\nann@example.com\n");
        var bad = await Jobs.FindAsync(All, (await NewArrivals().ArrivedAsync(Tenant, "b.csv", "user:test", Ct))!.Value, Ct);
        Assert.Equal("failed", bad!.State);
        Assert.Contains("b.csv.json", bad.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_in_the_folder_can_be_read_off_the_disk_and_what_was_copied_past_the_suite_is_refused()
    {
        await ImportAsync("people.csv", "email\nann@example.com\nnonsense\n");
        Assert.Contains("nonsense", ErrorFile("people.errors.csv"), StringComparison.Ordinal);
        foreach (var bytes in Folders.FilesOf(Tenant).Select(file => File.ReadAllText(file.FullName)))
            Assert.False(bytes.Contains("ann@", StringComparison.Ordinal) || bytes.Contains("nonsense", StringComparison.Ordinal));

        await File.WriteAllTextAsync(Path.Combine(Import, "past.csv"), "email\nbob@example.com\n" + new string('\n', 200), Ct);
        await NewSweep().SweepAsync(Tenant, Ct);
        var refused = await RunAsync((await Jobs.ListAsync(All, null, 1, Ct)).Single().ImportId);
        Assert.Equal(("failed", "past.csv"), (refused.State, refused.FileName));
        Assert.Contains("past the suite: put it into the drop folder again", refused.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_whose_keys_are_destroyed_keeps_no_files()
    {
        var path = await PutAsync("people.csv", "email\nann@example.com\n");
        Tenancy.State = TenantState.Deactivated;
        await NewSweep().RemoveShreddedAsync(Ct);
        Assert.True(File.Exists(path));
        Tenancy.State = TenantState.Shredded;
        await NewSweep().RemoveShreddedAsync(Ct);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    private Arrivals NewArrivals() => new(Folders, Jobs, new ImportSignal());

    private DropFolderSweep NewSweep() => new(Tenancy, Folders, NewArrivals(), Jobs, new DropFolderSettings(), Database.Tenants, Audit, Clock, NullLogger<DropFolderSweep>.Instance);
}
