using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Keys;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Keys;

public sealed class KeyRotationTests(TestHost host) : IClassFixture<TestHost>
{
    /// <summary>An hour ahead of the host's own worker, which therefore never gets a turn here.</summary>
    private readonly FakeClock _clock = new(TimeProvider.System.GetUtcNow().AddHours(1));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IKeyStore Keys => host.Services.GetRequiredService<IKeyStore>();

    private ISealer Sealer => host.Services.GetRequiredService<ISealer>();

    [Fact]
    public async Task Everything_is_sealed_anew_while_others_read_and_write_and_a_process_dies_in_the_middle()
    {
        var (tenant, rows) = await NewTenantAsync("acme");
        await rows.AddContactsAsync(300);
        var index = Sealer.Index(tenant, EmailAddress.Parse(rows.Addresses[0]));
        using var staleStore = new FileKeyStore(Path.Combine(host.Facts.DataFolder, "keys"), new FakeClock());   // of a process that has not looked at the disk again
        var stale = new Sealer(staleStore);
        _ = stale.Index(tenant, EmailAddress.Parse(rows.Addresses[0]));
        _ = staleStore.TenantKey(tenant);

        var dies = NewRotation();
        Assert.Equal(2, (await dies.StartAsync("acme", false, "test", Ct)).Value);
        Assert.IsType<RotationRunning>((await dies.StartAsync("acme", false, "test", Ct)).Fault);
        await rows.AddContactsAsync(10);
        for (var i = 0; i < 5; i++) Assert.True(await dies.StepAsync(tenant, Ct));
        var half = await rows.OpenAllAsync();
        Assert.InRange(half[1], 1, half.Values.Sum() - 1);
        Assert.InRange(half[2], 11, half.Values.Sum() - 1);

        // It has died. Another process takes over where it stopped, once its turn has run out.
        var rotation = NewRotation();
        Assert.False(await rotation.StepAsync(tenant, Ct));
        _clock.Advance(KeyRotation.Lease + TimeSpan.FromSeconds(1));
        var resealed = (await StateAsync(tenant)).Resealed;
        await rows.AddContactsAsync(await rows.NewContactsAsync(5, stale));
        await using (var writing = await host.Tenants.BeginAsync(tenant, Ct))
        {
            await SealedRows.AddContactsAsync(writing, await rows.NewContactsAsync(5, stale));
            while ((await StateAsync(tenant)).Phase != "writers")
            {
                Assert.True(await rotation.StepAsync(tenant, Ct));
                await rows.OpenAllAsync();
            }
            Assert.True((await StateAsync(tenant)).Resealed > resealed);
            _clock.Advance(KeyRotation.Grace);
            Assert.False(await rotation.StepAsync(tenant, Ct));   // a transaction from before is still at work
            await writing.CommitAsync(Ct);
        }

        await FinishAsync(rotation, tenant);
        var opened = await rows.OpenAllAsync(new Sealer(staleStore));
        Assert.Equal([(byte)2], opened.Keys);
        Assert.Equal(index, Sealer.Index(tenant, EmailAddress.Parse(rows.Addresses[0])));

        // Backups from before need the old key, until there are none any more.
        Assert.Equal([1, 2], Keys.Versions(tenant));
        _clock.Advance(KeyRotation.Retirement - TimeSpan.FromDays(1));
        await rotation.DropDueAsync(Ct);
        Assert.Equal([1, 2], Keys.Versions(tenant));
        _clock.Advance(TimeSpan.FromDays(2));
        await rotation.DropDueAsync(Ct);
        Assert.Equal([2], Keys.Versions(tenant));
        await rows.OpenAllAsync();

        string[] told = ["data-key.rotated", "data-key.retired", "data-key.destroyed"];
        Assert.Equal(told, await host.Tenants.ListAsync<string>(tenant, "select action from audit where action like 'data-key.%' order by seq", null, Ct));
        Assert.Equal(told, await host.System.ListAsync<string>("select action from compliance.audit where subject = 'tenant/' || @Tenant and action like 'data-key.%' order by seq", new { Tenant = tenant.ToString() }, Ct));
        await Eventually.HoldsAsync(async () => (await host.RunAsync("audit", "verify", "--tenant", "acme")).Status is 0, Ct);   // sealed anew, and still whole, once its end is anchored
    }

    [Fact]
    public async Task After_a_leak_the_old_keys_go_as_soon_as_the_database_is_done_with_them()
    {
        var (tenant, rows) = await NewTenantAsync("leaky");
        var seal = new FileSeal(Sealer, tenant, "contacts.drop-folder");
        var report = Path.Combine(Directory.CreateDirectory(Path.Combine(host.Facts.DataFolder, "contacts", "dav", tenant.ToString(), "export")).FullName, "report.csv");
        using (var file = seal.Create(report))
        {
            file.Write("email\nann@example.com\n"u8);
            file.Complete();
        }
        var rotation = NewRotation();
        await rotation.StartAsync("leaky", true, "test", Ct);
        await FinishAsync(rotation, tenant);

        Assert.Equal([2], Keys.Versions(tenant));
        await rows.OpenAllAsync();
        using (var file = new StreamReader(seal.OpenRead(report))) Assert.Equal("email\nann@example.com\n", await file.ReadToEndAsync(Ct));
        Assert.Equal(3, (await rotation.StartAsync("leaky", false, "test", Ct)).Value);   // and again
        await FinishAsync(rotation, tenant);
        Assert.Equal([2, 3], Keys.Versions(tenant));
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_left_and_counted_and_no_key_is_destroyed_for_it()
    {
        var (tenant, rows) = await NewTenantAsync("damaged");
        await rows.AddContactsAsync(3);
        await host.Tenants.RunAsync(tenant, "update contact set profile = set_byte(profile, 20, get_byte(profile, 20) # 1) where contact_id = (select min(contact_id) from contact)", null, Ct);
        var rotation = NewRotation();
        await rotation.StartAsync("damaged", true, "test", Ct);
        await FinishAsync(rotation, tenant);

        Assert.Equal(1, (await StateAsync(tenant)).Unreadable);
        Assert.Equal([1, 2], Keys.Versions(tenant));
        Assert.Contains("1 could not be opened", (await host.RunAsync("key", "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_waits_for_no_one_who_is_changing_a_row()
    {
        var (tenant, rows) = await NewTenantAsync("busy");
        await rows.AddContactsAsync(10);
        Keys.Rotate(tenant);
        var (resealing, contact) = (host.Services.GetRequiredService<IResealing>(), Column("contact", "profile"));
        await using (var writing = await host.Tenants.BeginAsync(tenant, Ct))
        {
            await writing.RunAsync("update contact set domain = 'example.org' where contact_id = (select min(contact_id) from contact)", null, Ct);
            Assert.Equal(new ResealedBatch(null, 11, 0), await resealing.ResealAsync(tenant, contact, 0, 100, Ct));
            await writing.CommitAsync(Ct);
        }
        Assert.Equal(new ResealedBatch(null, 1, 0), await resealing.ResealAsync(tenant, contact, 0, 100, Ct));
        Assert.Equal(new ResealedBatch(null, 0, 0), await resealing.ResealAsync(tenant, contact, 0, 100, Ct));
    }

    [Fact]
    public async Task A_batch_ends_before_it_is_large()
    {
        var (tenant, rows) = await NewTenantAsync("large");
        var first = await rows.AddInboundAsync(5 << 20);
        var second = await rows.AddInboundAsync(5 << 20);
        Keys.Rotate(tenant);
        var (resealing, message) = (host.Services.GetRequiredService<IResealing>(), Column("inbound", "message"));

        Assert.Equal(new ResealedBatch(first, 1, 0), await resealing.ResealAsync(tenant, message, first - 1, 100, Ct));
        Assert.Equal(new ResealedBatch(null, 1, 0), await resealing.ResealAsync(tenant, message, first, 100, Ct));
        Assert.Equal(new ResealedBatch(second, 0, 0), await resealing.ResealAsync(tenant, message, second - 1, 1, Ct));
    }

    [Fact]
    public async Task Commands_start_it_and_say_how_far_it_is()
    {
        var (tenant, _) = await NewTenantAsync("spoken");
        var started = await host.RunAsync("key", "rotate-tenant", "spoken");
        var again = await host.RunAsync("key", "rotate-tenant", "spoken");

        Assert.Equal((0, 1), (started.Status, again.Status));
        Assert.Contains("version 2", started.Output, StringComparison.Ordinal);
        Assert.Contains("400 days", started.Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await StateAsync(tenant)).Phase == "writers", Ct);   // the host's own worker walks
        Assert.Contains("waiting for those who may still be writing", (await host.RunAsync("key", "status")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await host.RunAsync("key", "rotate-tenant", "nobody")).Status);

        var master = await host.RunAsync("key", "rotate-master");
        Assert.Equal(0, master.Status);
        Assert.Equal("master-key.rotated", await host.System.FindAsync<string>("select action from compliance.audit order by seq desc limit 1", null, Ct));
        Assert.Equal(2, Sealer.Seal(tenant, "test", 1, [1])[0]);
    }

    private async Task<(TenantId Tenant, SealedRows Rows)> NewTenantAsync(string slug)
    {
        Assert.Equal(0, (await host.RunAsync("tenant", "create", slug)).Status);
        var tenant = (await host.Services.GetRequiredService<ITenants>().FindAsync(slug, Ct))!.Id;   // made a line ago
        var rows = new SealedRows(host, tenant);
        await rows.AddContactsAsync(1);
        await rows.AddOneOfEachAsync();
        return (tenant, rows);
    }

    private KeyRotation NewRotation() => new(
        host.System, Keys, host.Services.GetRequiredService<IResealing>(), host.Services.GetServices<SealedColumn>(), host.Services.GetServices<ISealedFiles>(), host.Services.GetRequiredService<TenantBook>(),
        host.Services.GetRequiredService<Deeds>(), host.Services.GetRequiredService<IInstallationAudit>(), _clock)
    {
        BatchRows = 40,
    };

    private SealedColumn Column(string table, string column) => host.Services.GetServices<SealedColumn>().Single(c => c.Table == table && c.Column == column);

    private async Task<RotationState> StateAsync(TenantId tenant) => (await NewRotation().ListAsync(Ct)).Single(r => r.Tenant == tenant);

    private async Task FinishAsync(KeyRotation rotation, TenantId tenant)
    {
        for (var i = 0; (await StateAsync(tenant)).FinishedAt is null; i++)
        {
            Assert.True(i < 500, "It does not end.");
            if (!await rotation.StepAsync(tenant, Ct)) _clock.Advance(KeyRotation.Grace);
        }
    }
}
