using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Keys;

/// <summary>A tenant with something in every column that is sealed under its keys, as its modules would have written it.</summary>
internal sealed class SealedRows(TestHost host, TenantId tenant)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private const string AddContacts = """
        insert into contact (contact_id, email_index, domain, profile, status, status_since, created_at, updated_at)
        select id, index, 'example.com', profile, 'active', now(), now(), now() from unnest(@Ids, @Indexes, @Profiles) as n(id, index, profile)
        """;

    private const string AddInbound = "insert into inbound (inbound_id, received_at, kind, envelope, message) values (@Id, now(), 'bounce', @Envelope, @Message)";

    private const string AddOthers = """
        insert into import_schedule (schedule_id, name, source, settings, every, actor, due_at, created_at) values (@Id, 'nightly', 'ftp', @Settings, '1 day', 'test', 'infinity', now());
        insert into delivery (recipient_id, campaign_id, contact_id, email_index, queued_at, state, domain, test_to) values (@Id, 1, 0, gen_random_uuid(), now(), 2, 'example.com', @TestTo);
        insert into delivery (recipient_id, campaign_id, contact_id, email_index, queued_at, state, domain) values (@Id + 1, 1, 1, gen_random_uuid(), now(), 2, 'example.com');
        insert into sending_domain_key (key_id, domain, selector, algorithm, record, private_key, created_at) values (@Id, 'example.com', 's', 'rsa-sha256', 'p=', @PrivateKey, now());
        insert into submitted_message (message_id, credential_id, received_at, size_bytes, envelope, message) values (@Id, 1, now(), 7, @Submitter, @Submitted);
        insert into captured_sms (sms_id, message_sealed, at) values (@Id, @Sms, now());
        """;

    private readonly IReadOnlyList<SealedColumn> _columns = [.. host.Services.GetServices<SealedColumn>().Where(c => c.IsTenants)];

    /// <summary>What was sealed in contacts, so that a dump can be searched for it.</summary>
    public List<string> Addresses { get; } = [];

    public async Task AddContactsAsync(int count, ISealer? with = null) => await AddContactsAsync(await NewContactsAsync(count, with ?? host.Services.GetRequiredService<ISealer>()));

    public async Task<object> NewContactsAsync(int count, ISealer with)
    {
        var ids = (await host.Tenants.ListAsync<long>(tenant, "select nextval('id_seq') from generate_series(1, @count)", new { count }, Ct)).ToArray();
        var addresses = ids.Select(id => $"canary-{id}@example.com").ToArray();
        Addresses.AddRange(addresses);
        return new
        {
            Ids = ids,
            Indexes = addresses.Select(a => with.Index(tenant, EmailAddress.Parse(a)).Value).ToArray(),
            Profiles = ids.Zip(addresses, (id, a) => with.Seal(tenant, "contact.profile", id, Encoding.UTF8.GetBytes(a))).ToArray(),
        };
    }

    public Task AddContactsAsync(object contacts) => host.Tenants.RunAsync(tenant, AddContacts, contacts, Ct);

    public static Task AddContactsAsync(TenantTransaction tx, object contacts) => tx.RunAsync(AddContacts, contacts, Ct);

    public async Task<long> AddInboundAsync(int bytes)
    {
        var id = await NextIdAsync();
        await host.Tenants.RunAsync(tenant, AddInbound, new { Id = id, Envelope = Seal("inbound", "envelope", id, "envelope"), Message = Seal("inbound", "message", id, new string('m', bytes)) }, Ct);
        return id;
    }

    public async Task AddOneOfEachAsync()
    {
        await AddInboundAsync(300);
        var id = await NextIdAsync();
        await NextIdAsync();
        await host.Tenants.RunAsync(tenant, AddOthers, new
        {
            Id = id,
            Settings = Seal("import_schedule", "settings", id, "{}"),
            TestTo = Seal("delivery", "test_to", id, "ann@example.com"),
            Submitter = Seal("submitted_message", "envelope", id, "envelope"),
            Submitted = Seal("submitted_message", "message", id, "message"),
            Sms = Seal("captured_sms", "message_sealed", id, "+491701234567\ntext"),
            PrivateKey = Seal("sending_domain_key", "private_key", id, "PEM"),
        }, Ct);
    }

    /// <summary>Every sealed value, by the key version in front of it. Opens each, with <paramref name="with"/>.</summary>
    public async Task<Dictionary<byte, int>> OpenAllAsync(ISealer? with = null)
    {
        var versions = new Dictionary<byte, int>();
        foreach (var column in _columns)
        {
            var before = versions.Values.Sum();
            foreach (var (id, bytes) in await host.Tenants.ListAsync<(long, byte[])>(tenant, $"select {column.IdColumn}, {column.Column} from {column.Table} where {column.Column} is not null", null, Ct))
            {
                (with ?? host.Services.GetRequiredService<ISealer>()).Open(tenant, column.Purpose, id, bytes);
                versions[bytes[0]] = versions.GetValueOrDefault(bytes[0]) + 1;
            }
            Assert.True(versions.Values.Sum() > before, $"{column} holds nothing");
        }
        return versions;
    }

    private byte[] Seal(string table, string column, long id, string text) =>
        host.Services.GetRequiredService<ISealer>().Seal(tenant, _columns.Single(c => c.Table == table && c.Column == column).Purpose, id, Encoding.UTF8.GetBytes(text));

    private async Task<long> NextIdAsync() => await host.Tenants.FindAsync<long>(tenant, "select nextval('id_seq')", null, Ct);
}
