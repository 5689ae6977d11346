using System.Text.Json;
using Modular.Compliance;
using Modular.Testing;

namespace Modular.Contacts.Tests.Contacts;

public sealed class ContactBookTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_address_is_added_once_and_changed_after_that()
    {
        var first = await Contacts.UpsertAsync(All, "Ann@Example.com", Values("""{"first_name": "Ann"}"""), [], "key:x", Ct);
        var second = await Contacts.UpsertAsync(All, "ann@example.COM", Values("""{"last_name": "Miller"}"""), [], "key:x", Ct);
        Assert.True(first.Value.IsNew);
        Assert.Equal((first.Value.ContactId, false), second.Value);
        var ann = await GetAsync("ann@example.com");
        Assert.Equal("Ann Miller", ann.FullName);
        Assert.Equal(["contact.added", "contact.changed"], Audit.Entries.Select(e => e.Action));
        Assert.DoesNotContain(Audit.Entries, e => e.Detail?.Contains("Miller", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("nonsense", "{}", "address-refused")]
    [InlineData("ann@example.com", """{"nope": 1}""", "field-unknown")]
    [InlineData("ann@example.com", """{"first_name": {"a": 1}}""", "field-value-refused")]
    public async Task What_cannot_be_stored_is_refused_by_name(string email, string fields, string code) =>
        Assert.Equal(code, (await Contacts.UpsertAsync(All, email, Values(fields), [], "key:x", Ct)).Fault?.Code);

    [Fact]
    public async Task Many_at_once_with_one_address_make_one_contact()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Contacts.UpsertAsync(All, "ann@example.com", Values($$"""{"first_name": "n{{i}}"}"""), [], "key:x", Ct)));
        Assert.Single(all, r => r.IsOk && r.Value.IsNew);
        Assert.Equal(1, await CountAsync("contact"));
    }

    [Fact]
    public async Task Null_clears_a_field()
    {
        var added = await Contacts.UpsertAsync(All, "ann@example.com", Values("""{"first_name": "Ann", "last_name": "M"}"""), [], "key:x", Ct);
        await Contacts.PatchAsync(All, added.Value.ContactId, null, null, Values("""{"first_name": null}"""), "key:x", Ct);
        Assert.Equal(["last_name"], (await GetAsync("ann@example.com")).Fields.Keys);
    }

    [Theory]
    [InlineData("active", "unsubscribed", null)]
    [InlineData("bounced", "active", null)]
    [InlineData("unsubscribed", "active", "opt-out-stands")]
    [InlineData("complained", "active", "opt-out-stands")]
    [InlineData("active", "bounced", "status-refused")]
    public async Task Who_opted_out_is_not_revived_by_hand(string before, string after, string? code)
    {
        var added = await Contacts.UpsertAsync(All, "ann@example.com", Values("{}"), [], "key:x", Ct);
        await Database.Tenants.RunAsync(Tenant, "update contact set status = @before", new { before }, Ct);
        var patched = await Contacts.PatchAsync(All, added.Value.ContactId, null, after, Values("{}"), "key:x", Ct);
        Assert.Equal(code, patched.Fault?.Code);
        Assert.Equal(code is null ? after : before, (await GetAsync("ann@example.com")).Status.Word());
        Assert.Equal(after == "unsubscribed" ? [SuppressionReason.Unsubscribed] : [], Suppressions.Entries.Select(e => e.Reason));
    }

    [Fact]
    public async Task An_address_that_another_contact_has_is_refused()
    {
        await Contacts.UpsertAsync(All, "ann@example.com", Values("{}"), [], "key:x", Ct);
        var bob = await Contacts.UpsertAsync(All, "bob@example.com", Values("{}"), [], "key:x", Ct);
        Assert.IsType<AddressTaken>((await Contacts.PatchAsync(All, bob.Value.ContactId, "ANN@example.com", null, Values("{}"), "key:x", Ct)).Fault);
    }

    [Fact]
    public async Task A_search_finds_a_whole_address_at_once_and_part_of_a_name_by_opening()
    {
        await ImportAsync("people.csv", "email,first_name,last_name\nann@example.com,Ann,Miller\nbob@example.com,Bob,Müller\ncarl@example.org,Carl,Smith\n");
        var search = new ContactSearch(Database.Tenants, Database.Sealer, Fields);
        Assert.Equal(["ann@example.com"], await FoundAsync(new ContactFilter("ANN@example.com")));
        Assert.Equal(["ann@example.com", "bob@example.com"], await FoundAsync(new ContactFilter("ller")));
        Assert.Equal(["carl@example.org"], await FoundAsync(new ContactFilter(".org")));
        Assert.Empty(await FoundAsync(new ContactFilter("ann", ContactStatus.Bounced)));
        var first = await search.ReadAsync(All, new ContactFilter(), 0, 2, Ct);
        var second = await search.ReadAsync(All, new ContactFilter(), first.Last!.Value, 2, Ct);
        Assert.Equal((2, 1, null), (first.Contacts.Count, second.Contacts.Count, second.Last));

        async Task<IEnumerable<string>> FoundAsync(ContactFilter filter) => (await search.ReadAsync(All, filter, 0, 10, Ct)).Contacts.Select(c => c.Email.Text);
    }

    [Fact]
    public async Task Profiles_are_opened_by_id_and_by_address()
    {
        await ImportAsync("people.csv", "email,first_name\nann@example.com,Ann\nbob@example.com,Bob\n");
        var profiles = new Profiles(Database.Tenants, Database.Sealer, Fields);
        var page = await Audiences.ReadAsync(Tenant, null, null, 0, 10, Ct);
        var opened = await profiles.OpenAsync(Tenant, [.. page.Members.Select(m => m.ContactId), 1], Ct);
        Assert.Equal(["Ann", "Bob"], opened.OrderBy(p => p.ContactId).Select(p => p.Fields["first_name"]));
        Assert.Equal("Bob", (await profiles.FindAsync(Tenant, EmailAddress.Parse("BOB@example.com"), Ct))?.Fields["first_name"]);
        Assert.Null(await profiles.FindAsync(Tenant, EmailAddress.Parse("nobody@example.com"), Ct));
        Assert.Null(page.Last);
    }

    private static Dictionary<string, JsonElement> Values(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
