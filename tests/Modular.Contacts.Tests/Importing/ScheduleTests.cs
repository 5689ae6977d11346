using Modular.Contacts.Importing;
using Modular.Plugins;
using Modular.Testing;

namespace Modular.Contacts.Tests.Importing;

public sealed class ScheduleTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_due_schedule_imports_and_is_due_again_after_its_interval()
    {
        Sources.Script = context =>
        {
            context.State["etag"] = "v1";
            return [ScriptedSources.Row(2, ("E-Mail", "ann@example.com"), ("First name", "Ann")), ScriptedSources.Row(3, ("E-Mail", "nonsense")), ScriptedSources.Row(4, ("E-Mail", "bob@example.com"))];
        };
        var scheduleId = await AddAsync();
        var job = await RunDueAsync();
        Assert.Equal(("finished", "scripted", 3L, 2L, 1L), (job.State, job.Source, job.Records, job.Added, job.Faulty));
        Assert.Equal("Ann", (await GetAsync("ann@example.com")).Fields["first_name"]);
        Assert.Equal("v1", (await Schedules.FindAsync(Tenant, scheduleId, Ct))!.OpenState()["etag"]);
        Assert.Empty(await Schedules.StartDueAsync(Tenant, null, Ct));
        Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Single(await Schedules.StartDueAsync(Tenant, null, Ct));
        Assert.Equal(0, Sources.Leases);
    }

    [Fact]
    public async Task An_unchanged_source_is_no_empty_source()
    {
        await AddAsync();
        Sources.Script = context =>
        {
            Assert.Equal("https://shop.example/list.csv", context.Required("url"));
            context.ReportUnchanged();
            return [];
        };
        var job = await RunDueAsync();
        Assert.Equal(("finished", 0L), (job.State, job.Records));
        Assert.Contains("not changed", job.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_source_fails()
    {
        await AddAsync();
        Assert.Equal(("failed", "The source holds no rows."), await RunDueAsync() is var job ? (job.State, job.Fault) : default);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 60)]
    public async Task A_fault_is_told_in_its_own_words_and_a_passing_one_is_tried_again_soon(bool isTransient, int minutes)
    {
        var scheduleId = await AddAsync();
        Sources.Script = _ => throw new SourceFaultException("shop.example is closed.", isTransient);
        var job = await RunDueAsync();
        var schedule = (await Schedules.FindAsync(Tenant, scheduleId, Ct))!;
        Assert.Equal(("failed", "shop.example is closed.", "shop.example is closed."), (job.State, job.Fault, schedule.LastFault));
        Assert.Equal(TimeSpan.FromMinutes(minutes), schedule.DueAt - Clock.GetUtcNow());
        Assert.Equal(0, Sources.Leases);
    }

    [Fact]
    public async Task A_plugin_that_breaks_in_the_middle_keeps_what_was_stored_and_remembers_no_state()
    {
        var scheduleId = await AddAsync();
        Sources.Script = Breaking;
        var job = await RunDueAsync();
        Assert.Equal("failed", job.State);
        Assert.Contains("InvalidOperationException", job.Fault, StringComparison.Ordinal);
        Assert.Null((await Schedules.FindAsync(Tenant, scheduleId, Ct))!.State);
        Assert.Equal(ImportBatch.MaxRows, await CountAsync("contact"));

        static IEnumerable<ContactRow> Breaking(SourceContext context)
        {
            context.State["etag"] = "v1";
            for (var i = 0; i < ImportBatch.MaxRows + 10; i++) yield return ScriptedSources.Row(i + 1, ("email", $"p{i}@example.com"));
            throw new InvalidOperationException("a bug");
        }
    }

    [Theory]
    [InlineData("nobody", """{"url":"x"}""", "source-unknown")]
    [InlineData("scripted", "{}", "setting-missing")]
    [InlineData("scripted", """{"url":"x","colour":"red"}""", "setting-unknown")]
    public async Task A_schedule_that_could_not_run_is_refused(string source, string settings, string code) =>
        Assert.Equal(code, (await Schedules.AddAsync(Tenant, "x", source, System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(settings)!, new ImportSettings(), 60, "user:test", Ct)).Fault?.Code);

    [Fact]
    public async Task Settings_lie_sealed_in_the_table()
    {
        await AddAsync();
        var row = await Database.Tenants.FindAsync<string>(Tenant, "select encode(settings, 'escape') || s::text from import_schedule s", null, Ct);
        Assert.DoesNotContain("shop.example", row, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", row, StringComparison.Ordinal);
    }

    private async Task<long> AddAsync() => (await Schedules.AddAsync(
        Tenant, "Shop", "scripted", new Dictionary<string, string> { ["url"] = "https://shop.example/list.csv", ["password"] = "secret" }, new ImportSettings(), 60, "user:test", Ct)).Value;

    private async Task<ImportJob> RunDueAsync() => await RunAsync((await Schedules.StartDueAsync(Tenant, null, Ct)).Single());
}
