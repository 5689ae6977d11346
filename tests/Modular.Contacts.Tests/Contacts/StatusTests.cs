using Modular.Compliance;
using Modular.Delivery;
using Modular.Testing;

namespace Modular.Contacts.Tests.Contacts;

public sealed class StatusTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("active", "bounce", "bounced")]
    [InlineData("active", "soft bounce", "active")]
    [InlineData("unsubscribed", "bounce", "unsubscribed")]
    [InlineData("complained", "bounce", "complained")]
    [InlineData("active", "complaint", "complained")]
    [InlineData("bounced", "complaint", "complained")]
    [InlineData("unsubscribed", "complaint", "complained")]
    [InlineData("active", "unsubscribe", "unsubscribed")]
    [InlineData("bounced", "unsubscribe", "unsubscribed")]
    [InlineData("complained", "unsubscribe", "complained")]
    [InlineData("active", "manual", "active")]
    public async Task What_is_heard_changes_the_status_once_and_the_graver_outranks_the_lesser(string before, string heard, string after)
    {
        await ImportAsync("ann.csv", "email\nann@example.com\n");
        await Database.Tenants.RunAsync(Tenant, "update contact set status = @before", new { before }, Ct);
        var ann = await GetAsync("ann@example.com");
        for (var i = 0; i < 2; i++) await HearAsync(heard, ann);
        Assert.Equal(after, (await GetAsync("ann@example.com")).Status.Word());
        Assert.Equal(before == after ? 0 : 1, await CountAsync("contact_history"));
    }

    [Fact]
    public async Task A_bounce_of_the_old_address_says_nothing_about_the_new_one()
    {
        await ImportAsync("ann.csv", "email\nann@example.com\n");
        var ann = await GetAsync("ann@example.com");
        Assert.True((await Contacts.PatchAsync(All, ann.ContactId, "ann@new.example", null, new Dictionary<string, System.Text.Json.JsonElement>(), "user:test", Ct)).IsOk);
        await HearAsync("bounce", ann);
        Assert.Equal(ContactStatus.Active, (await GetAsync("ann@new.example")).Status);
    }

    [Fact]
    public async Task Explain_tells_where_the_contact_came_from_and_what_became_of_it()
    {
        await ImportAsync("ann.csv", "email\nbob@example.com\nann@example.com\n");
        var ann = await GetAsync("ann@example.com");
        await HearAsync("bounce", ann);
        var steps = await new ExplainContact(Database.Tenants).ExplainAsync(new ExplainSubject(Tenant, 1, 1, ann.ContactId, default), Ct);
        Assert.Equal(["imported from ann.csv, line 3", "contact bounced by system"], steps.Select(s => s.What));
    }

    private Task HearAsync(string what, OpenedContact contact)
    {
        var (at, index) = (Clock.GetUtcNow(), Database.Sealer.Index(Tenant, contact.Email));
        return what switch
        {
            "bounce" or "soft bounce" => new OnRecipientBounced(Database.Tenants).HandleAsync(new RecipientBounced(Tenant, 1, 2, contact.ContactId, index, what == "bounce", "5.1.1", "no such user", at), Ct),
            "complaint" => new OnRecipientComplained(Database.Tenants).HandleAsync(new RecipientComplained(Tenant, 1, 2, contact.ContactId, index, "feedback loop of example.com", at), Ct),
            _ => new OnAddressSuppressed(Database.Tenants).HandleAsync(new AddressSuppressed(Tenant, index, what == "manual" ? SuppressionReason.Manual : SuppressionReason.Unsubscribed, "unsubscribe link", at, null, null), Ct),
        };
    }
}
