using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing;
using Modular.Contacts.Segments;
using Modular.Testing;

namespace Modular.Contacts.Tests.Contacts;

/// <summary>Whoever reaches some lists alone: what is on these is theirs, and what is not, is not there. Each test looks from both sides.</summary>
public sealed class ReachTests(PostgresFixture postgres) : ContactsRoom(postgres), IAsyncLifetime
{
    private static readonly Dictionary<string, JsonElement> Nothing = [];

    private long _press;
    private long _shop;
    private long _ann;   // on the press list
    private long _bob;   // on the shop's
    private long _cem;   // on both
    private long _dee;   // on none

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Reach Press => new(Tenant, [_press]);

    private Reach Nowhere => new(Tenant, []);

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        (_press, _shop) = ((await Lists.AddAsync(All, "Press", Ct)).Value.ListId, (await Lists.AddAsync(All, "Shop", Ct)).Value.ListId);
        _ann = await AddAsync("ann@example.com", _press);
        _bob = await AddAsync("bob@example.com", _shop);
        _cem = await AddAsync("cem@example.com", _press, _shop);
        _dee = await AddAsync("dee@other.example");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"status": "active"}""")]
    [InlineData("""{"not": {"field": "email", "op": "contains", "value": "zz"}}""")]   // judged on opened profiles
    [InlineData("""{"or": [{"domain": "other.example"}, {"domain": "example.com"}]}""")]
    public async Task Searches_segments_and_audiences_find_theirs_alone(string? segment)
    {
        var node = segment is null ? null : SegmentReader.Read(segment, await Fields.LoadAsync(Tenant, Ct)).Value;
        Assert.Equal([_ann, _bob, _cem, _dee], await FoundAsync(All, new ContactFilter(Segment: node)));
        Assert.Equal([_ann, _cem], await FoundAsync(Press, new ContactFilter(Segment: node)));
        Assert.Empty(await FoundAsync(Nowhere, new ContactFilter(Segment: node)));

        long? id = segment is null ? null : (await Segments.SaveAsync(Tenant, null, "s", segment, "test", Ct)).Value.SegmentId;
        Assert.Equal((4, 2, 0), ((await Audiences.CountAsync(All, id, Ct)).Contacts, (await Audiences.CountAsync(Press, id, Ct)).Contacts, (await Audiences.CountAsync(Nowhere, id, Ct)).Contacts));
        Assert.Equal([_ann, _cem], (await Audiences.ReadAsync(Tenant, id, [_press], 0, 10, Ct)).Members.Select(m => m.ContactId));
        Assert.Empty((await Audiences.ReadAsync(Tenant, id, [], 0, 10, Ct)).Members);
    }

    [Fact]
    public async Task A_search_by_address_or_name_and_the_figures_stay_within_them_too()
    {
        Assert.Equal([_bob], await FoundAsync(All, new ContactFilter("bob@example.com")));
        Assert.Empty(await FoundAsync(Press, new ContactFilter("bob@example.com")));
        Assert.Empty(await FoundAsync(Press, new ContactFilter("bob")));
        Assert.Equal([_cem], await FoundAsync(Press, new ContactFilter(ListId: _shop)));   // of the shop's list, those on theirs
        await Contacts.PatchAsync(All, _bob, null, "unsubscribed", Nothing, "test", Ct);
        Assert.Equal(new StatusCounts(3, 0, 1, 0), await Search.CountAsync(All, Ct));
        Assert.Equal(new StatusCounts(2, 0, 0, 0), await Search.CountAsync(Press, Ct));
        Assert.Equal(0, (await Search.CountAsync(Nowhere, Ct)).All);
        Assert.Equal([_ann, _cem], (await Audiences.OnListsAsync(Tenant, [_press], [_ann, _bob, _cem, _dee], Ct)).Order());
    }

    [Fact]
    public async Task One_outside_is_not_there_and_one_inside_tells_no_other_list()
    {
        foreach (var id in new[] { _bob, _dee })
        {
            Assert.NotNull(await Contacts.FindAsync(All, id, Ct));
            Assert.Null(await Contacts.FindAsync(Press, id, Ct));
            Assert.IsType<NotFound>((await Contacts.PatchAsync(Press, id, null, "unsubscribed", Nothing, "test", Ct)).Fault);
            Assert.IsType<NotFound>((await Contacts.DeleteAsync(Press, id, "test", Ct)).Fault);
        }
        Assert.Null(await Contacts.FindAsync(Press, EmailAddress.Parse("bob@example.com"), Ct));
        Assert.Equal([_press, _shop], (await Contacts.FindAsync(All, _cem, Ct))!.Lists.Order());
        Assert.Equal([_press], (await Contacts.FindAsync(Press, _cem, Ct))!.Lists);
        Assert.Equal([_press], Assert.Single((await Search.ReadAsync(Press, new ContactFilter("cem@example.com"), 0, 10, Ct)).Contacts).Lists);

        var stories = new ContactStories(Database.Tenants, Database.Sealer, Contacts, Suppressions, [], NullLogger<ContactStories>.Instance);
        Assert.NotNull(await stories.TellAsync(All, _bob, Ct));
        Assert.Null(await stories.TellAsync(Press, _bob, Ct));
        Assert.NotNull(await stories.TellAsync(Press, _ann, Ct));
    }

    [Fact]
    public async Task A_contact_that_others_share_is_theirs_to_change_and_not_to_delete()
    {
        Assert.Null((await Contacts.PatchAsync(Press, _cem, null, null, Values("""{"first_name": "Cem"}"""), "test", Ct)).Fault);
        Assert.IsType<OnOtherLists>((await Contacts.DeleteAsync(Press, _cem, "test", Ct)).Fault);
        Assert.True((await Contacts.DeleteAsync(Press, _ann, "test", Ct)).IsOk);
        Assert.Null(await Contacts.FindAsync(All, _ann, Ct));
        Assert.True((await Contacts.DeleteAsync(All, _cem, "test", Ct)).IsOk);
    }

    [Fact]
    public async Task Whom_they_add_joins_one_of_their_lists_and_nobody_outside_is_merged()
    {
        Assert.IsType<ListNeeded>((await Contacts.UpsertAsync(Press, "new@example.com", Nothing, [], "test", Ct)).Fault);
        Assert.IsType<ListNeeded>((await Contacts.UpsertAsync(Press, "new@example.com", Nothing, [_shop], "test", Ct)).Fault);
        Assert.IsType<ListNeeded>((await Contacts.UpsertAsync(Nowhere, "new@example.com", Nothing, [_press], "test", Ct)).Fault);
        var added = await Contacts.UpsertAsync(Press, "new@example.com", Nothing, [_press, _shop], "test", Ct);
        Assert.Equal([_press], (await Contacts.FindAsync(All, added.Value.ContactId, Ct))!.Lists);

        Assert.IsType<AddressOutside>((await Contacts.UpsertAsync(Press, "BOB@example.com", Values("""{"first_name": "Stolen"}"""), [_press], "test", Ct)).Fault);
        var bob = (await Contacts.FindAsync(All, _bob, Ct))!;
        Assert.Equal([_shop], bob.Lists);
        Assert.DoesNotContain("first_name", bob.Fields);
        Assert.Equal((_ann, false), (await Contacts.UpsertAsync(Press, "ann@example.com", Values("""{"first_name": "Ann"}"""), [], "test", Ct)).Value);
    }

    [Fact]
    public async Task Lists_beyond_their_own_are_not_there_and_a_list_is_no_way_to_everybody()
    {
        Assert.Equal(["Press", "Shop"], (await Lists.AllAsync(All, Ct)).Select(l => l.Name));
        Assert.Equal(["Press"], (await Lists.AllAsync(Press, Ct)).Select(l => l.Name));
        Assert.Empty(await Lists.AllAsync(Nowhere, Ct));
        Assert.Null(await Lists.FindAsync(Press, _shop, Ct));
        Assert.IsType<NotWithinLimits>((await Lists.AddAsync(Press, "Mine", Ct)).Fault);
        Assert.IsType<NotFound>((await Lists.RenameAsync(Press, _shop, "Mine", Ct)).Fault);
        Assert.False(await Lists.DeleteAsync(Press, _shop, Ct));
        Assert.IsType<NotFound>((await Lists.JoinAsync(Press, _shop, [_ann], Ct)).Fault);
        Assert.IsType<NotFound>((await Lists.LeaveAsync(Press, _shop, [_cem], Ct)).Fault);
        Assert.Equal(0, (await Lists.JoinAsync(Press, _press, [_bob, _dee], Ct)).Value);   // whom they do not see they cannot take
        Assert.Equal([_ann, _cem], await FoundAsync(All, new ContactFilter(ListId: _press)));

        Assert.Equal("Papers", (await Lists.RenameAsync(Press, _press, "Papers", Ct)).Value.Name);
        Assert.Equal(1, (await Lists.LeaveAsync(Press, _press, [_ann], Ct)).Value);
        Assert.True(await Lists.DeleteAsync(Press, _press, Ct));
        Assert.Empty(await FoundAsync(Press, new ContactFilter()));   // a list that is gone gives nothing
        Assert.Equal(["Shop"], (await Lists.AllAsync(All, Ct)).Select(l => l.Name));
    }

    [Fact]
    public async Task An_import_rejects_rows_about_contacts_outside_and_says_so_after_a_restart_too()
    {
        const string Csv = "email,first_name\nbob@example.com,Stolen\nann@example.com,Ann\nnew@example.com,New\nBOB@example.com,Again\nnonsense,x\ndee@other.example,Dee\nnew@example.com,Newer\n";
        var started = await UploadAsync(Press, Csv, new ImportSettings { List = "press" });
        Assert.True(started.IsOk, started.Fault?.Detail);
        var job = await RunAsync(started.Value);   // what runs it knows of the job alone, as another process would

        Assert.Equal(("finished", 7L, 1L, 1L, 0L, 1L, 4L), (job.State, job.Records, job.Added, job.Updated, job.Unchanged, job.Duplicates, job.Faulty));
        var faults = await Faults.ReadAsync(Tenant, job.ImportId, 0, 10, Ct);
        Assert.Equal([(1, 2L), (4, 5L), (5, 6L), (6, 7L)], faults.Select(f => ((int)f.Record, f.Line)));
        Assert.Equal(3, faults.Count(f => f.Reason.Contains("does not reach", StringComparison.Ordinal)));
        Assert.Contains("BOB@example.com,Again", ErrorFile(ImportJob.ErrorFileOf(job.FileName)), StringComparison.Ordinal);
        var bob = (await Contacts.FindAsync(All, _bob, Ct))!;
        Assert.Equal([_shop], bob.Lists);
        Assert.DoesNotContain("first_name", bob.Fields);
        Assert.Equal("Newer", (await GetAsync("new@example.com")).Fields["first_name"]);
        Assert.Equal([_press], (await GetAsync("new@example.com")).Lists);

        var whole = await ImportAsync("all.csv", Csv);   // the same file from somebody who reaches everybody
        Assert.Equal((1L, "Again"), (whole.Faulty, (await GetAsync("bob@example.com")).Fields["first_name"]));
    }

    [Fact]
    public async Task An_import_fills_one_of_their_lists_makes_no_field_and_is_seen_by_those_who_reach_as_far()
    {
        Assert.IsType<OwnListNeeded>((await UploadAsync(Press, "email\nx@example.com\n", new ImportSettings())).Fault);
        Assert.IsType<OwnListNeeded>((await UploadAsync(Press, "email\nx@example.com\n", new ImportSettings { List = "Shop" })).Fault);
        Assert.IsType<OwnListNeeded>((await UploadAsync(Nowhere, "email\nx@example.com\n", new ImportSettings { List = "Press" })).Fault);
        Assert.IsType<FieldsNotYours>((await UploadAsync(Press, "email\nx@example.com\n", new ImportSettings { List = "Press", CreateFields = true })).Fault);

        var own = (await UploadAsync(Press, "email\nx@example.com\n", new ImportSettings { List = "Press" })).Value;
        var dropped = await DropAsync("dropped.csv", "email\ny@example.com\n"u8.ToArray());
        var both = new Reach(Tenant, [_press, _shop]);
        Assert.Equal([dropped, own], (await Jobs.ListAsync(All, null, 10, Ct)).Select(j => j.ImportId));
        Assert.Equal([own], (await Jobs.ListAsync(Press, null, 10, Ct)).Select(j => j.ImportId));
        Assert.Equal([own], (await Jobs.ListAsync(both, null, 10, Ct)).Select(j => j.ImportId));
        Assert.Empty(await Jobs.ListAsync(new Reach(Tenant, [_shop]), null, 10, Ct));
        Assert.Null(await Jobs.FindAsync(Press, dropped, Ct));
        Assert.False(await Jobs.CancelAsync(Press, dropped, Ct));
        Assert.NotNull(await Jobs.FindAsync(Press, own, Ct));

        await Lists.RenameAsync(All, _press, "Papers", Ct);   // and the import has not begun
        var job = await RunAsync(own);
        Assert.Equal("failed", job.State);
        Assert.Contains("renamed or deleted", job.Fault, StringComparison.Ordinal);
        Assert.Equal(["Papers", "Shop"], (await Lists.AllAsync(All, Ct)).Select(l => l.Name));
    }

    private ContactSearch Search => new(Database.Tenants, Database.Sealer, Fields);

    private async Task<long> AddAsync(string email, params long[] lists) => (await Contacts.UpsertAsync(All, email, Nothing, lists, "test", Ct)).Value.ContactId;

    private async Task<IEnumerable<long>> FoundAsync(Reach reach, ContactFilter filter) => (await Search.ReadAsync(reach, filter, 0, 10, Ct)).Contacts.Select(c => c.ContactId);

    private async Task<Result<long>> UploadAsync(Reach reach, string csv, ImportSettings settings)
    {
        var uploads = new Uploads(Folders, new DropFolderRoom(Folders, new DropFolderSettings(), Tenancy, Use), new DropFolderSettings(), Jobs, Lists, new ImportSignal());
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv));
        return await uploads.ImportAsync(reach, (await uploads.StoreAsync(Tenant, "people.csv", content, Ct)).Value, settings, "user:test", Ct);
    }

    private static Dictionary<string, JsonElement> Values(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
