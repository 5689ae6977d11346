using Modular.Compliance.Suppressing;
using Modular.Testing;

namespace Modular.Compliance.Tests.Suppressing;

public sealed class SuppressionListTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!;   // set before each test
    private TenantId _acme;
    private SuppressionList _list = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _acme = await _database.NewTenantAsync(Ct);
        _list = new SuppressionList(_database.Tenants);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Of_many_addresses_those_that_are_suppressed_are_found()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.HardBounce), Entry("b@example.com", SuppressionReason.Complaint)], Ct);
        var found = await _list.FindAsync(_acme, [IndexOf("a@example.com"), IndexOf("B@Example.com"), IndexOf("c@example.com")], Ct);

        Assert.Equal(2, found.Count);
        Assert.Equal(Entry("a@example.com", SuppressionReason.HardBounce), found[IndexOf("a@example.com")]);
        Assert.Equal(SuppressionReason.Complaint, found[IndexOf("b@example.com")].Reason);
    }

    [Fact]
    public async Task Nothing_asked_is_nothing_found()
    {
        Assert.Empty(await _list.FindAsync(_acme, [], Ct));
        await _list.SuppressAsync(_acme, [], Ct);
        Assert.Empty(_database.Outbox.Told);
    }

    [Fact]
    public async Task A_batch_is_bounded()
    {
        var many = Enumerable.Range(0, SuppressionList.MostAtOnce + 1).Select(i => new EmailIndex(new Guid(i, 0, 0, new byte[8]))).ToList();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _list.FindAsync(_acme, many, Ct));
        Assert.Empty(await _list.FindAsync(_acme, many[1..], Ct));
    }

    public static TheoryData<SuppressionReason, SuppressionReason> PairsOfReasons =>
        new(from first in Enum.GetValues<SuppressionReason>() from second in Enum.GetValues<SuppressionReason>() select (first, second));

    [Theory]
    [MemberData(nameof(PairsOfReasons))]
    public async Task The_graver_of_two_reasons_stays_and_only_a_change_is_told(SuppressionReason first, SuppressionReason second)
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", first, source: "first")], Ct);
        await _list.SuppressAsync(_acme, [Entry("a@example.com", second, source: "second")], Ct);

        var kept = await _list.FindAsync(_acme, IndexOf("a@example.com"), Ct);
        Assert.Equal(second > first ? (second, "second") : (first, "first"), (kept!.Reason, kept.Source));
        Assert.Equal(second > first ? [first, second] : [first], _database.Outbox.Told.Cast<AddressSuppressed>().Select(e => e.Reason));
    }

    [Fact]
    public async Task One_address_twice_in_a_batch_is_one_entry_with_the_graver_reason()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.Manual), Entry("A@example.com", SuppressionReason.Complaint), Entry("a@example.com", SuppressionReason.HardBounce)], Ct);

        var told = Assert.IsType<AddressSuppressed>(Assert.Single(_database.Outbox.Told));
        Assert.Equal((_acme, IndexOf("a@example.com"), SuppressionReason.Complaint, At), (told.Tenant, told.Email, told.Reason, told.At));
    }

    [Fact]
    public async Task What_is_known_of_the_contact_is_not_lost_to_a_graver_reason_that_does_not_know_it()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.HardBounce) with { ContactId = 7, RecipientId = 8 }], Ct);
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.Unsubscribed)], Ct);

        Assert.Equal((7L, null), ((await _list.FindAsync(_acme, IndexOf("a@example.com"), Ct))!.ContactId, (await _list.FindAsync(_acme, IndexOf("a@example.com"), Ct))!.RecipientId));
    }

    [Fact]
    public async Task Batches_in_opposite_orders_do_not_wait_for_each_other_for_ever()
    {
        var addresses = Enumerable.Range(0, 300).Select(i => $"a{i}@example.com").ToList();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _list.SuppressAsync(
            _acme, [.. (i % 2 == 0 ? addresses : addresses.AsEnumerable().Reverse()).Select(a => Entry(a, (SuppressionReason)(i % 4)))], Ct)));

        Assert.Equal(300, (await _list.CountAsync(_acme, Ct))[SuppressionReason.Complaint]);
    }

    [Fact]
    public async Task A_complaint_cannot_be_lifted_and_the_rest_can()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.Unsubscribed), Entry("b@example.com", SuppressionReason.Complaint)], Ct);
        await using (var tx = await _database.Tenants.BeginAsync(_acme, Ct))
        {
            Assert.True(await SuppressionList.LiftAsync(tx, IndexOf("a@example.com"), Ct));
            Assert.False(await SuppressionList.LiftAsync(tx, IndexOf("a@example.com"), Ct));
            Assert.False(await SuppressionList.LiftAsync(tx, IndexOf("b@example.com"), Ct));
            await tx.CommitAsync(Ct);
        }

        Assert.Null(await _list.FindAsync(_acme, IndexOf("a@example.com"), Ct));
        Assert.NotNull(await _list.FindAsync(_acme, IndexOf("b@example.com"), Ct));
    }

    [Fact]
    public async Task Pages_walk_the_whole_list_once_the_latest_first_though_many_came_at_one_instant()
    {
        await _list.SuppressAsync(_acme, [.. Enumerable.Range(0, 25).Select(i => Entry($"a{i}@example.com", (SuppressionReason)(i % 4)) with { At = At.AddMinutes(i / 10) })], Ct);

        var seen = new List<Suppression>();
        for ((DateTimeOffset, Guid)? before = null; ;)
        {
            var page = await _list.PageAsync(_acme, null, before, 4, Ct);
            if (page.Count == 0) break;
            seen.AddRange(page);
            Assert.True(SuppressionCursor.TryParse(SuppressionCursor.Of(page[^1]), out var place));
            before = place;
        }

        Assert.Equal(25, seen.Select(s => s.Email).Distinct().Count());
        Assert.Equal(25, seen.Count);
        Assert.Equal(seen.Select(s => s.At).OrderDescending(), seen.Select(s => s.At));
        Assert.Equal(6, (await _list.PageAsync(_acme, SuppressionReason.Complaint, null, 100, Ct)).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("________________________________")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_cursor_that_is_none_of_ours_is_refused(string text) => Assert.False(SuppressionCursor.TryParse(text, out _));

    [Fact]
    public async Task A_source_is_cut_to_what_a_reader_reads()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.HardBounce, new string('x', 5000))], Ct);
        Assert.Equal(500, (await _list.FindAsync(_acme, IndexOf("a@example.com"), Ct))!.Source.Length);
    }

    [Fact]
    public async Task Another_tenants_list_is_another_list()
    {
        var globex = await _database.NewTenantAsync(Ct);
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.Complaint)], Ct);

        Assert.Empty(await _list.FindAsync(globex, [IndexOf("a@example.com"), _database.Sealer.Index(globex, EmailAddress.Parse("a@example.com"))], Ct));
    }

    [Fact]
    public async Task An_explanation_says_why_an_address_is_not_mailed()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.HardBounce, "5.1.1 no such user")], Ct);
        var steps = await new ExplainSuppression(_list).ExplainAsync(new ExplainSubject(_acme, 1, 2, 3, IndexOf("a@example.com")), Ct);

        Assert.Equal(new ExplainedStep(At, "compliance", "address suppressed: hard bounce", "5.1.1 no such user"), Assert.Single(steps));
        Assert.Empty(await new ExplainSuppression(_list).ExplainAsync(new ExplainSubject(_acme, 1, 2, 3, IndexOf("b@example.com")), Ct));
    }

    [Fact]
    public async Task A_contacts_story_tells_that_it_was_suppressed()
    {
        await _list.SuppressAsync(_acme, [Entry("a@example.com", SuppressionReason.HardBounce, "5.1.1 no such user") with { ContactId = 7 }, Entry("b@example.com", SuppressionReason.Manual)], Ct);
        var story = await new SuppressionTimeline(_database.Tenants).OfContactAsync(_acme, 7, 10, Ct);

        Assert.Equal(new TimelineEntry(At, "compliance", "Suppressed: hard bounce", "5.1.1 no such user", $"/suppressions/{IndexOf("a@example.com").Value:n}"), Assert.Single(story));
        Assert.Empty(await new SuppressionTimeline(_database.Tenants).OfContactAsync(_acme, 8, 10, Ct));
    }

    private EmailIndex IndexOf(string address) => _database.Sealer.Index(_acme, EmailAddress.Parse(address));

    private Suppression Entry(string address, SuppressionReason reason, string source = "test") => new(IndexOf(address), reason, source, At);
}
