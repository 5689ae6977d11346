using Microsoft.Extensions.Logging.Abstractions;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing;
using Modular.Testing;

namespace Modular.Contacts.Tests.Importing;

public sealed class ArrivalTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Import => Folders.ImportOf(Tenant);

    [Fact]
    public async Task A_file_becomes_one_import_however_often_it_is_found()
    {
        await File.WriteAllTextAsync(Path.Combine(Import, "people.csv"), "email\nann@example.com\n", Ct);
        Assert.NotNull(await NewArrivals().ArrivedAsync(Tenant, "people.csv", "user:test", Ct));
        Assert.Null(await NewArrivals().ArrivedAsync(Tenant, "people.csv", "user:test", Ct));
        await NewSweep().SweepAsync(Tenant, Ct);
        Assert.Single(await Jobs.ListAsync(All, null, 10, Ct));
    }

    [Fact]
    public async Task The_sweep_finds_what_a_crash_left_and_nothing_else()
    {
        foreach (var name in (string[])["left.csv", "._left.csv", "half.csv.part", "left.errors.csv"]) await File.WriteAllTextAsync(Path.Combine(Import, name), "email\nann@example.com\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(Import, "empty.csv"), "", Ct);
        Folders.LocksOf(Tenant).TryAdd(new DavLock("t", DavPath.Parse("/import/locked.csv", "")!, false, true, null, Clock.GetUtcNow().AddHours(1)), Clock.GetUtcNow());
        await File.WriteAllTextAsync(Path.Combine(Import, "locked.csv"), "email\nann@example.com\n", Ct);
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
        await File.WriteAllTextAsync(Path.Combine(Import, "a.csv.json"), """{"columns": {"Contact": "email"}, "list": "News"}""", Ct);
        await File.WriteAllTextAsync(Path.Combine(Import, "a.csv"), "Contact\nann@example.com\n", Ct);
        var good = await RunAsync((await NewArrivals().ArrivedAsync(Tenant, "a.csv", "user:test", Ct))!.Value);
        Assert.Equal(("finished", 1L), (good.State, good.Added));

        await File.WriteAllTextAsync(Path.Combine(Import, "b.csv.json"), "{", Ct);
        await File.WriteAllTextAsync(Path.Combine(Import, "b.csv"), "Contact\nann@example.com\n", Ct);
        var bad = await Jobs.FindAsync(All, (await NewArrivals().ArrivedAsync(Tenant, "b.csv", "user:test", Ct))!.Value, Ct);
        Assert.Equal("failed", bad!.State);
        Assert.Contains("b.csv.json", bad.Fault, StringComparison.Ordinal);
    }

    private Arrivals NewArrivals() => new(Folders, Jobs, new ImportSignal());

    private DropFolderSweep NewSweep() => new(new OneTenant(Tenant), Folders, NewArrivals(), Jobs, new DropFolderSettings(), Database.Tenants, Audit, Clock, NullLogger<DropFolderSweep>.Instance);

    private sealed class OneTenant(TenantId tenant) : ITenantDirectory
    {
        public ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<TenantId>>([tenant]);
    }
}
