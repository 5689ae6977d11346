using Microsoft.Extensions.Logging.Abstractions;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Sending;

/// <summary>A tenant with this module's tables, and neighbours in memory.</summary>
internal sealed class Room : IAsyncDisposable
{
    private Room(TestDatabase database, TenantId tenant, int people)
    {
        (Database, Tenant) = (database, tenant);
        var db = database.Tenants;
        var senders = new Senders(Domains);
        Drafts = new CampaignDrafts(db, senders, Audit, Clock);
        Audience = new MemoryAudience(people);
        Preflight = new Preflight(new MemoryProfiles(), Audience, senders);
        Sending = new CampaignSending(db, Drafts, Preflight, Audience, Ledger, Audit, new AudienceSignal(), Clock);
        Handover = new AudienceHandover(db, Audience, Ledger, Audit, Clock, NullLogger<AudienceHandover>.Instance);
        Revisions = new Revisions(db);
    }

    public TestDatabase Database { get; }

    public TenantId Tenant { get; }

    public OwnDomains Domains { get; } = new("acme.example", "shop.example");

    public Reach Whole => Reach.Whole(Tenant);

    public FakeClock Clock { get; } = new();

    public MemoryLedger Ledger { get; } = new();

    public MemoryAudience Audience { get; }

    public RecordingAudit Audit { get; } = new();

    public CampaignDrafts Drafts { get; }

    public Preflight Preflight { get; }

    public CampaignSending Sending { get; }

    public AudienceHandover Handover { get; }

    public Revisions Revisions { get; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Room> OpenAsync(PostgresFixture postgres, int people = 350)
    {
        var database = await postgres.NewDatabaseAsync(Ct);
        return new Room(database, await database.NewTenantAsync(Ct), people);
    }

    public async Task<Campaign> ReadyAsync(string? html = null)
    {
        var created = await Drafts.CreateAsync(Whole, new DraftChange(
            "Spring", "Hello {{first_name}}", "Acme", "news@acme.example",
            Html: html ?? "<p>Hi {{first_name}}, <a href=\"https://shop.example/?n={{first_name}}\">look</a> or <a href=\"https://shop.example/\">go</a>. <a href=\"{{unsubscribe_url}}\">Out</a></p>"), "user:ann", Ct);
        return created.Value;
    }

    public async Task<Campaign> CampaignAsync(long id) => (await Drafts.FindAsync(Whole, id, Ct))!; // made by the test

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
