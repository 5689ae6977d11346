using System.Globalization;
using System.Text;
using Modular.Contacts.Importing;
using Modular.Testing;

namespace Modular.Contacts.Tests.Importing;

public sealed class ImportTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_field_of_each_type_comes_in_and_is_there_again()
    {
        await AddFieldAsync("orders", FieldType.Number);
        await AddFieldAsync("member", FieldType.Boolean, isPersonal: true);
        await AddFieldAsync("born", FieldType.Date, isPersonal: true);
        await AddFieldAsync("seen", FieldType.DateTime);
        await AddFieldAsync("size", FieldType.Choice, false, false, "S", "M", "L");
        await AddFieldAsync("tags", FieldType.MultiChoice);
        var job = await ImportAsync("people.csv", """
            E-Mail,First name,Orders,Member,Born,Seen,Size,Tags,Shoe size
            Ann.Müller@Exämple.com,"Ann, ""the"" first",12.50,yes,1980-02-29,2026-01-31T10:00:00+01:00,m,b;a,39
            """);
        Assert.Equal(("finished", 1L, 1L, 0L), (job.State, job.Records, job.Added, job.Faulty));
        Assert.Contains(job.Notes, n => n.Contains("'Shoe size'", StringComparison.Ordinal));
        var ann = await GetAsync("ann.müller@exämple.com");
        Assert.Equal("Ann.Müller@Exämple.com", ann.Email.Text);
        Assert.Equal("Ann, \"the\" first", ann.Fields["first_name"]);
        Assert.Equal(12.5m, ann.Fields["orders"]);
        Assert.Equal(true, ann.Fields["member"]);
        Assert.Equal(new DateOnly(1980, 2, 29), ann.Fields["born"]);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero), ann.Fields["seen"]);
        Assert.Equal("M", ann.Fields["size"]);
        Assert.Equal(["a", "b"], (IReadOnlyList<string>)ann.Fields["tags"]);
        Assert.Equal((job.ImportId, 2L), (ann.ImportId, ann.ImportLine));
    }

    [Fact]
    public async Task Bad_rows_are_told_with_line_and_field_and_stop_no_good_one()
    {
        var job = await ImportAsync("mixed.csv", "email,first_name\nann@example.com,Ann\nnonsense,=2+3\nbob@example.com,Bob,extra\n\"carl@example.com\",\"Carl\nof two lines\"\nann@example..com,X\n");
        Assert.Equal((5L, 2L, 3L), (job.Records, job.Added, job.Faulty));
        var faults = await Faults.ReadAsync(Tenant, job.ImportId, 0, 10, Ct);
        Assert.Equal([(3L, "email"), (4L, null), (7L, "email")], faults.Select(f => (f.Line, f.Field)));
        Assert.Equal("mixed.errors.csv", job.ErrorFile);
        var lines = ErrorFile("mixed.errors.csv").Split("\r\n");
        Assert.Equal("line,field,reason,record", lines[0]);
        Assert.Equal("3,email,\"The address has no @.\",\"nonsense,=2+3\"", lines[1]);
        Assert.StartsWith("4,,\"The row has 3 columns, the header 2.\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_rows_about_one_address_the_later_wins_within_a_batch_and_across_batches()
    {
        var csv = new StringBuilder("email,first_name\nANN@example.com,First\nann@Example.com,Second\n");
        for (var i = 0; i < ImportBatch.MaxRows; i++) csv.Append(CultureInfo.InvariantCulture, $"p{i}@example.com,P\n");
        csv.Append("aNN@example.com,Third\n");
        var job = await ImportAsync("twice.csv", csv.ToString());
        Assert.Equal((ImportBatch.MaxRows + 3L, ImportBatch.MaxRows + 1L, 2L, 0L, 0L), (job.Records, job.Added, job.Duplicates, job.Updated, job.Unchanged));
        Assert.Equal("Third", (await GetAsync("ann@example.com")).Fields["first_name"]);
    }

    [Fact]
    public async Task The_same_content_again_changes_nothing_and_what_is_absent_keeps_its_value()
    {
        const string csv = "email,first_name,last_name\nann@example.com,Ann,Miller\nbob@example.com,Bob,\n";
        await ImportAsync("a.csv", csv);
        var before = await GetAsync("ann@example.com");
        Clock.Advance(TimeSpan.FromHours(1));
        var again = await ImportAsync("b.csv", csv);
        Assert.Equal((0L, 0L, 2L), (again.Added, again.Updated, again.Unchanged));
        Assert.Equal(before.UpdatedAt, (await GetAsync("ann@example.com")).UpdatedAt);

        var changed = await ImportAsync("c.csv", "email,last_name\nann@example.com,Smith\nbob@example.com,\n");
        Assert.Equal((0L, 1L, 1L), (changed.Added, changed.Updated, changed.Unchanged));
        var ann = await GetAsync("ann@example.com");
        Assert.Equal(("Ann", "Smith"), (ann.Fields["first_name"], ann.Fields["last_name"]));
        Assert.Equal(before.ImportId, ann.ImportId);
    }

    [Theory]
    [InlineData("unsubscribed")]
    [InlineData("bounced")]
    [InlineData("complained")]
    public async Task An_import_never_wakes_a_silent_contact(string status)
    {
        await ImportAsync("first.csv", "email,first_name\nann@example.com,Ann\n");
        await Database.Tenants.RunAsync(Tenant, "update contact set status = @status", new { status }, Ct);
        var job = await ImportAsync("again.csv", "email,first_name,unsubscribed\nann@example.com,Anna,no\n");
        Assert.Equal(1, job.Updated);
        Assert.Equal(status, (await GetAsync("ann@example.com")).Status.Word());
    }

    [Fact]
    public async Task An_import_can_silence()
    {
        await ImportAsync("first.csv", "email\nann@example.com\n");
        await ImportAsync("outs.csv", "EMAIL;EMAIL_BLACKLISTED\nann@example.com;Yes\nbob@example.com;Yes\ncarl@example.com;No\n");
        Assert.Equal(ContactStatus.Unsubscribed, (await GetAsync("ann@example.com")).Status);
        Assert.Equal(ContactStatus.Unsubscribed, (await GetAsync("bob@example.com")).Status);
        Assert.Equal(ContactStatus.Active, (await GetAsync("carl@example.com")).Status);
    }

    [Fact]
    public async Task After_a_crash_it_goes_on_behind_the_last_batch_and_counts_nobody_twice()
    {
        var csv = new StringBuilder("email,first_name\n");
        for (var i = 0; i < 12_000; i++) csv.Append(CultureInfo.InvariantCulture, $"p{i}@example.com,{(i == 6_000 ? "" : "P")}{(i % 1_000 == 999 ? ",extra" : "")}\n");
        var importId = await DropAsync("big.csv", Encoding.UTF8.GetBytes(csv.ToString()));
        var dead = Guid.NewGuid();
        var job = await Jobs.ClaimAsync(Tenant, dead, importId, Ct);
        await RunUntilAsync(job!, dead, rows: ImportBatch.MaxRows);
        Assert.InRange(await CountAsync("contact"), 1, 11_000);
        Assert.Equal((1, 0), (job!.Attempts, (await Jobs.FindAsync(All, importId, Ct))!.Attempts));   // a batch further, all tries are there again

        Assert.Null(await Jobs.ClaimAsync(Tenant, Guid.NewGuid(), importId, Ct));   // its lease holds
        Clock.Advance(ImportJobs.Lease + TimeSpan.FromSeconds(1));
        var done = await RunAsync(importId);
        Assert.Equal(("finished", 12_000L, 11_988L, 12L), (done.State, done.Records, done.Added, done.Faulty));
        Assert.Equal((0L, 0L, 0L), (done.Duplicates, done.Updated, done.Unchanged));
        Assert.Equal(11_988, await CountAsync("contact"));
        Assert.Equal(12, (await Faults.ReadAsync(Tenant, importId, 0, 100, Ct)).Count);
        Assert.Equal(14, ErrorFile("big.errors.csv").Split("\r\n").Length);
    }

    [Fact]
    public async Task What_breaks_off_again_and_again_fails_in_the_end_and_lets_the_next_one_pass()
    {
        var poison = await DropAsync("poison.csv", "email\nann@example.com\n"u8.ToArray());
        var next = await DropAsync("next.csv", "email\nbob@example.com\n"u8.ToArray());
        for (var attempt = 0; attempt < ImportJobs.MostAttempts; attempt++)
        {
            Assert.Equal(poison, (await Jobs.ClaimAsync(Tenant, Guid.NewGuid(), null, Ct))!.ImportId);   // and whoever claimed it dies
            Clock.Advance(ImportJobs.Lease + TimeSpan.FromSeconds(1));
        }

        var failed = await RunAsync(poison);
        Assert.Equal("failed", failed.State);
        Assert.Contains("broke off 20 times behind row 0", failed.Fault, StringComparison.Ordinal);
        Assert.Contains(poison.ToString(CultureInfo.InvariantCulture), failed.Fault, StringComparison.Ordinal);
        Assert.Equal("finished", (await RunAsync(next)).State);
    }

    [Fact]
    public async Task Who_lost_the_lease_writes_nothing_more()
    {
        var importId = await DropAsync("slow.csv", "email\nann@example.com\n"u8.ToArray());
        var slow = Guid.NewGuid();
        var job = await Jobs.ClaimAsync(Tenant, slow, importId, Ct);
        Clock.Advance(ImportJobs.Lease + TimeSpan.FromSeconds(1));
        await RunAsync(importId);
        await NewRun().RunAsync(Tenant, job!, slow, Ct);
        Assert.Equal(1, (await Jobs.FindAsync(All, importId, Ct))!.Records);
    }

    [Fact]
    public async Task A_cancelled_import_is_not_run()
    {
        var importId = await DropAsync("no.csv", "email\nann@example.com\n"u8.ToArray());
        Assert.True(await Jobs.CancelAsync(All, importId, Ct));
        Assert.Null(await Jobs.ClaimAsync(Tenant, Guid.NewGuid(), null, Ct));
        Assert.Equal(0, await CountAsync("contact"));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("PK\u0003\u0004and so on", "save it as CSV")]
    [InlineData("name,phone\nAnn,1\n", "'name', 'phone'")]
    public async Task A_file_that_is_no_list_of_contacts_fails_with_what_to_do(string content, string why)
    {
        var job = await ImportAsync("bad.csv", content);
        Assert.Equal("failed", job.State);
        Assert.Contains(why, job.Fault, StringComparison.Ordinal);
        Assert.Contains(why, ErrorFile("bad.errors.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_files_and_files_with_a_damaged_line_are_told_apart()
    {
        var windows = await RunAsync(await DropAsync("windows.csv", [.. "email,first_name\nann@example.com,J"u8, 0xFC, .. "rgen\n"u8]));
        Assert.Equal(("finished", 1L), (windows.State, windows.Added));
        Assert.Equal("Jürgen", (await GetAsync("ann@example.com")).Fields["first_name"]);

        var damaged = await RunAsync(await DropAsync("damaged.csv", [.. "email,first_name\nbob@example.com,Jürgen Größe\ncarl@example.com,J"u8, 0xFC, .. "rgen\n"u8]));
        Assert.Equal((1L, 1L), (damaged.Added, damaged.Faulty));
        Assert.Contains("0xFC", (await Faults.ReadAsync(Tenant, damaged.ImportId, 0, 10, Ct))[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_columns_become_fields_when_that_is_asked_for_and_everyone_joins_the_list()
    {
        var job = await ImportAsync("new.csv", "email,Favourite Colour\nann@example.com,red\nbob@example.com,\n", new ImportSettings { CreateFields = true, List = "News" });
        Assert.Equal(2, job.Added);
        Assert.Equal("red", (await GetAsync("ann@example.com")).Fields["favourite_colour"]);
        Assert.Equal(("News", 2L), (await Lists.AllAsync(All, Ct)).Select(l => (l.Name, l.Contacts)).Single());
    }

    [Fact]
    public async Task No_personal_value_lies_in_the_tables()
    {
        await AddFieldAsync("city", FieldType.Text);
        await AddFieldAsync("nick", FieldType.Text, isPersonal: true, isSearchable: true);
        await ImportAsync("secret.csv", "email,first_name,city,nick\nzarathustra@example.com,Quetzalcoatl,Wien,Xolotl\nzarathustra.example.com,Quetzalcoatl,Wien,Xolotl\n");
        foreach (var table in (string[])["contact", "import_job", "import_fault", "contact_history", "list_member"])
        {
            var rows = await Database.Tenants.ListAsync<string>(Tenant, $"select t::text from {table} t", null, Ct);
            Assert.DoesNotContain(rows, r => r.Contains("zarathustra", StringComparison.OrdinalIgnoreCase) || r.Contains("Quetzalcoatl", StringComparison.Ordinal) || r.Contains("Xolotl", StringComparison.Ordinal)
                || r.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes("zarathustra")), StringComparison.Ordinal));
        }
        Assert.Equal("""{"city": "Wien"}""", await Database.Tenants.FindAsync<string>(Tenant, "select open_fields::text from contact", null, Ct));
    }

    [Fact]
    public async Task A_rotated_key_seals_what_is_new_and_opens_what_is_old()
    {
        await ImportAsync("old.csv", "email,first_name\nann@example.com,Ann\n");
        Database.Keys.Rotate(Tenant);
        await ImportAsync("new.csv", "email,first_name,last_name\nann@example.com,Ann,\nbob@example.com,Bob,\n");
        Assert.Equal("Ann", (await GetAsync("ann@example.com")).Fields["first_name"]);
        Assert.Equal([1, 2], await Database.Tenants.ListAsync<int>(Tenant, "select get_byte(profile, 0) from contact order by contact_id", null, Ct));
    }

    [Fact]
    public async Task The_audit_knows_the_import_and_its_figures()
    {
        var job = await ImportAsync("x.csv", "email\nann@example.com\nnonsense\n");
        var entry = Audit.Entries.Single(e => e.Action == "import.finished");
        Assert.Equal(("user:test", $"import/{job.ImportId}"), (entry.Actor, entry.Subject));
        Assert.Contains("1 added", entry.Detail, StringComparison.Ordinal);
    }

    /// <summary>Runs, and is gone as if killed once so many rows are committed: the lease stays.</summary>
    private async Task RunUntilAsync(ImportJob job, Guid owner, long rows)
    {
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = NewRun().RunAsync(Tenant, job, owner, kill.Token);
        while (!running.IsCompleted && (await Jobs.FindAsync(All, job.ImportId, Ct))!.Records < rows) await Task.Yield();
        await kill.CancelAsync();
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
