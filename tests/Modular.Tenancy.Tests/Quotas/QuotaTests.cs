using Modular.Tenancy.Quotas;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Quotas;

public sealed class QuotaTests(PostgresFixture postgres) : RoomTests(postgres)
{
    [Fact]
    public async Task Processes_that_take_mails_at_once_get_no_more_than_the_day_has()
    {
        var tenant = (await Room.NewTenantAsync("acme")).Tenant.Id;
        using var first = NewBook();
        using var second = NewBook();
        Assert.True((await first.SetAsync("acme", new Quota(null, 1_000, null, null), "test", Ct)).IsOk);

        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? first : second).TakeMailsAsync(tenant, 70, Ct).AsTask()));
        Assert.Equal(1_000, taken.Sum());
        Assert.All(taken, n => Assert.InRange(n, 0, 70));
        Assert.Equal(0, await first.TakeMailsAsync(tenant, 1, Ct));

        await second.GiveMailsBackAsync(tenant, 30, Ct);
        Assert.Equal((970, 30), (await first.MailsTodayAsync(tenant, Ct), await first.TakeMailsAsync(tenant, 70, Ct)));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(70, await first.TakeMailsAsync(tenant, 70, Ct));
    }

    [Fact]
    public async Task A_limit_below_what_is_taken_already_gives_nothing_and_takes_nothing_away()
    {
        var tenant = (await Room.NewTenantAsync("acme")).Tenant.Id;
        using var book = NewBook();
        await book.SetAsync("acme", new Quota(null, 100, null, null), "test", Ct);
        await book.TakeMailsAsync(tenant, 80, Ct);
        await book.SetAsync("acme", new Quota(null, 50, null, null), "test", Ct);

        Assert.Equal(0, await book.TakeMailsAsync(tenant, 10, Ct));
        Assert.Equal(80, await book.MailsTodayAsync(tenant, Ct));
        await book.SetAsync("acme", Quota.None, "test", Ct);
        Assert.Equal(1_000_000, await book.TakeMailsAsync(tenant, 1_000_000, Ct));
    }

    [Fact]
    public async Task Another_process_knows_a_limit_within_seconds()
    {
        var tenant = (await Room.NewTenantAsync("acme")).Tenant.Id;
        using var here = NewBook();
        using var there = NewBook();
        Assert.Equal(Quota.None, await there.FindAsync(tenant, Ct));
        await here.SetAsync("acme", new Quota(5, null, null, null), "test", Ct);
        Clock.Advance(Modular.Tenancy.Tenants.TenantBook.Freshness);

        Assert.Equal(5, (await there.FindAsync(tenant, Ct)).Contacts);
        Assert.Contains(Room.Audit.Entries, e => e is { Action: "quota.changed", Subject: var subject } && subject == "tenant/" + tenant);
    }

    [Fact]
    public async Task One_person_too_many_is_told_so_even_when_two_come_at_once()
    {
        var tenant = (await Room.NewTenantAsync("acme")).Tenant.Id;   // with its owner
        using var book = NewBook();
        await book.SetAsync("acme", new Quota(null, null, null, 2), "test", Ct);
        var quota = new UserQuota(book);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var tx = await Database.System.BeginAsync(Ct);
            if (await quota.CheckAsync(tx, tenant, Ct) is { } full) return full;
            var user = await Room.Accounts.EnsureAsync(tx, EmailAddress.Parse($"p{i}@acme.example"), "a password that is long", Ct);
            await Room.Accounts.JoinAsync(tx, user.UserId, tenant, Modular.Tenancy.Roles.Role.Marketer, Ct);
            await tx.CommitAsync(Ct);
            return null;
        }));

        Assert.Single(answers, (Fault?)null);
        Assert.All(answers.OfType<QuotaReached>(), f => Assert.Contains("2 users", f.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1L, null)]
    [InlineData(null, -5L)]
    public async Task Less_than_nothing_is_no_quota(long? contacts, long? users)
    {
        await Room.NewTenantAsync("acme");
        using var book = NewBook();
        Assert.IsType<BadQuota>((await book.SetAsync("acme", new Quota(contacts, null, null, users), "test", Ct)).Fault);
    }

    private QuotaBook NewBook() => new(Database.System, Room.Book, Room.Audit, Clock);
}
