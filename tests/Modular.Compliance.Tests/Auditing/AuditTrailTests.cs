using System.Net;
using Modular.Compliance.Auditing;
using Modular.Kernel.Auditing;
using Modular.Testing;
using Npgsql;

namespace Modular.Compliance.Tests.Auditing;

public sealed class AuditTrailTests(PostgresFixture postgres) : IAsyncLifetime
{
    private AuditRoom _room = null!;   // set before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _room = await AuditRoom.OpenAsync(postgres);

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_deed_is_read_as_it_was_recorded()
    {
        await _room.RecordAsync(new AuditEntry("user:ann@acme.example", "field.changed", "field/7", "kind")
        {
            From = new AuditOrigin(AuditDoors.Console, IPAddress.Parse("192.0.2.7")),
            Before = "text",
            After = "number",
            Outcome = AuditOutcome.Refused,
        });

        var deed = Assert.Single(await _room.ReadAsync());
        Assert.Equal(
            new AuditedDeed(1, _room.Clock.GetUtcNow(), "user:ann@acme.example", "console", "192.0.2.7", "field.changed", "field/7", "kind", "refused", "text", "number", deed.Hash),
            deed);
        Assert.Equal(deed, await _room.Reader.FindAsync(_room.AcmesTrail, 1, Ct));
        Assert.Null(await _room.Reader.FindAsync(_room.AcmesTrail, 2, Ct));
    }

    [Fact]
    public async Task From_where_it_came_is_what_the_door_has_noted()
    {
        AuditOrigin.Current = new AuditOrigin(AuditDoors.WebDav, IPAddress.Parse("::ffff:192.0.2.8"));
        await _room.RecordAsync(new AuditEntry("user:ann@acme.example", "import.started", "import/1"));

        var deed = Assert.Single(await _room.ReadAsync());
        Assert.Equal(("webdav", "192.0.2.8"), (deed.Door, deed.Address));
    }

    [Fact]
    public async Task A_deed_that_is_undone_leaves_no_record()
    {
        await using (var tx = await _room.Database.Tenants.BeginAsync(_room.Acme, Ct))
            await _room.Trail.AppendAsync(tx, new AuditEntry("system", "campaign.sent", "campaign/7"), Ct);

        Assert.Empty(await _room.ReadAsync());
    }

    [Fact]
    public async Task Who_it_was_from_where_and_what_changed_is_sealed()
    {
        await _room.RecordAsync(new AuditEntry("user:ann@acme.example", "contact.changed", "contact/7")
        {
            From = new AuditOrigin(AuditDoors.Rest, IPAddress.Parse("192.0.2.77")),
            Before = "Ann Smith",
            After = "Ann Jones",
        });
        var row = await _room.Database.Tenants.FindAsync<string>(_room.Acme, "select audit::text || encode(content, 'escape') from audit", null, Ct);

        Assert.DoesNotContain("ann", row, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("192.0.2.77", row, StringComparison.Ordinal);
        Assert.Contains(",user,", row, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update audit set action = 'nothing.happened'")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    [InlineData("insert into audit select * from audit on conflict (seq) do update set action = 'nothing.happened'")]
    [InlineData("merge into audit a using audit b on a.seq = b.seq when matched then delete")]
    [InlineData("drop table audit")]
    [InlineData("alter table audit drop column detail")]
    public async Task Nothing_that_a_request_can_reach_changes_or_removes_a_record(string statement)
    {
        await _room.RecordAsync(new AuditEntry("system", "campaign.sent", "campaign/7"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => _room.Database.Tenants.RunAsync(_room.Acme, statement, null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Single(await _room.ReadAsync());
    }

    [Theory]
    [InlineData("update compliance.audit set action = 'nothing.happened'")]
    [InlineData("delete from compliance.audit")]
    public async Task Nor_does_the_systems_own_login_in_the_installations_trail(string statement)
    {
        await _room.Trail.RecordAsync(new AuditEntry("operator:root", "tenant.created", "tenant/acme"), Ct);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => _room.Database.System.RunAsync(statement, null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.True((await _room.Check.VerifyAsync(Trail.Installation, null, Ct)).IsWhole);
    }

    [Fact]
    public async Task A_tenants_login_reaches_no_anchor() =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() =>
            _room.Database.Tenants.RunAsync(_room.Acme, "delete from compliance.audit_anchor", null, Ct))).SqlState);

    [Fact]
    public async Task It_is_read_in_pages_the_latest_first()
    {
        await _room.RecordAsync([.. Enumerable.Range(0, 9).Select(i => new AuditEntry("system", "campaign.sent", $"thing/{i}"))]);

        var first = await _room.Reader.PageAsync(_room.AcmesTrail, TrailSearch.All, null, 5, Ct);
        var second = await _room.Reader.PageAsync(_room.AcmesTrail, TrailSearch.All, first[^1].Id, 5, Ct);
        Assert.Equal(Enumerable.Range(0, 9).Reverse().Select(i => $"thing/{i}"), first.Concat(second).Select(d => d.Subject));
    }

    [Theory]
    [InlineData("ann@acme.example", null, null, null, null, "1 3")]
    [InlineData("user:Ann@acme.example", null, null, null, null, "1 3")]
    [InlineData(null, "import.finished", null, null, null, "2")]
    [InlineData(null, null, "campaign", null, null, "1 3")]
    [InlineData(null, null, "campaign/7", null, null, "1")]
    [InlineData(null, null, null, "2001:db8::7", null, "3")]
    [InlineData(null, null, null, null, "refused", "3")]
    [InlineData("ann@acme.example", null, null, null, "done", "1")]
    [InlineData("nobody", null, null, null, null, "")]
    [InlineData("' or 1=1 --", null, "' or ''='", null, null, "")]
    public async Task It_is_searched(string? actor, string? action, string? subject, string? address, string? outcome, string found)
    {
        await _room.RecordAsync(
            new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/7") { From = new AuditOrigin(AuditDoors.Console, IPAddress.Parse("192.0.2.7")) },
            new AuditEntry("system", "import.finished", "import/8"),
            new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/9") { From = new AuditOrigin(AuditDoors.Rest, IPAddress.Parse("2001:db8::7")), Outcome = AuditOutcome.Refused });

        var search = TrailSearch.Read(actor, action, subject, address, outcome, null, null);
        Assert.Equal(found, string.Join(' ', (await _room.ReadAsync(search.Value)).Select(d => d.Id).Order()));
    }

    [Fact]
    public async Task It_is_searched_by_time_with_the_last_day_in_it()
    {
        var day = _room.Clock.GetUtcNow();
        await _room.RecordAsync(new AuditEntry("system", "a.done", "a/1"));
        _room.Clock.Advance(TimeSpan.FromDays(1));
        await _room.RecordAsync(new AuditEntry("system", "a.done", "a/2"));
        var text = day.ToString("yyyy-MM-dd", null);

        Assert.Equal("a/1", Assert.Single(await _room.ReadAsync(TrailSearch.Read(null, null, null, null, null, text, text).Value)).Subject);
        Assert.Equal(2, (await _room.ReadAsync(TrailSearch.Read(null, null, null, null, null, text, null).Value)).Count);
    }

    [Theory]
    [InlineData("not an address", null, null, null)]
    [InlineData(null, "maybe", null, null)]
    [InlineData(null, null, "yesterday", null)]
    [InlineData(null, null, null, "2026-13-01")]
    public void A_search_that_means_nothing_is_refused_in_words(string? address, string? outcome, string? since, string? until) =>
        Assert.False(TrailSearch.Read(null, null, null, address, outcome, since, until).IsOk);

    [Fact]
    public async Task The_actions_there_are_can_be_listed()
    {
        Assert.Empty(await _room.Reader.ActionsAsync(_room.AcmesTrail, Ct));
        await _room.RecordAsync(new AuditEntry("system", "b.done", "b/1"), new AuditEntry("system", "a.done", "a/1"), new AuditEntry("system", "b.done", "b/2"));
        Assert.Equal(["a.done", "b.done"], await _room.Reader.ActionsAsync(_room.AcmesTrail, Ct));
    }

    [Fact]
    public async Task What_is_too_long_or_cannot_be_stored_is_cut_and_never_stops_the_deed()
    {
        await _room.RecordAsync(new AuditEntry("user:" + new string('x', 5000), "a.done", "a/" + new string('y', 5000), "zero \0 half \ud800 " + new string('z', 5000)) { Before = new string('b', 50_000) });

        var deed = Assert.Single(await _room.ReadAsync());
        Assert.InRange(deed.Actor.Length, 1, 400);
        Assert.InRange(deed.Subject.Length, 1, 300);
        Assert.InRange(deed.Detail!.Length, 1, 1000);
        Assert.InRange(deed.Before!.Length, 1, 8000);
        Assert.True((await _room.VerifyAsync()).IsWhole);
    }

    [Fact]
    public void A_spreadsheet_takes_no_cell_for_a_formula()
    {
        var line = AuditExport.CsvLine(new AuditedDeed(1, _room.Clock.GetUtcNow(), "=cmd|' /C calc'!A0", "rest", null, "@sum", "+1", "a \"quoted\", text", "done", "-1", "\t=1", "ab"));

        Assert.Contains("\"'=cmd|' /C calc'!A0\",\"rest\",,\"'@sum\",\"'+1\",\"a \"\"quoted\"\", text\",\"done\",\"'-1\",\"'\t=1\",\"ab\"\r\n", line, StringComparison.Ordinal);
    }
}
