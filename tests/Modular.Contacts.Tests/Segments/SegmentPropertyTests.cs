using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Modular.Contacts.Fields;
using Modular.Contacts.Segments;
using Modular.Testing;

namespace Modular.Contacts.Tests.Segments;

/// <summary>SQL and residual together choose the very contacts that judging each opened contact in memory chooses, on random contacts and random segments.</summary>
public sealed class SegmentPropertyTests(PostgresFixture postgres) : ContactsRoom(postgres)
{
    private const int People = 150;
    private const int Trials = 400;

    private static readonly string[] Words = ["Ann", "ANN", "ann", "Bob", "Ännchen", "ännchen", "İstanbul", "straße", "a%b", "a_b", "x'y", "🎈", "an"];
    private static readonly string[] Domains = ["example.com", "example.org", "mail.example"];
    private static readonly string[] Statuses = ["active", "bounced", "unsubscribed", "complained"];

    private readonly Random _random = new(20260731);
    private long[] _lists = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_segments_choose_the_same_contacts_in_SQL_and_in_memory()
    {
        await FurnishAsync();
        var fields = await Fields.LoadAsync(Tenant, Ct);
        var people = await ReadAllAsync(null, fields);
        Assert.Equal(People, people.Count);
        var (exact, some) = (0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var json = Node(fields, 1).ToJsonString();
            var node = SegmentReader.Read(json, fields);
            Assert.True(node.IsOk, json + " " + node.Fault);
            var expected = people.Where(p => SegmentPredicate.Holds(node.Value, p.Subject)).Select(p => p.ContactId).ToList();
            var saved = await Segments.SaveAsync(Tenant, null, "s" + trial, json, "test", Ct);
            var chosen = new List<long>();
            for (long? after = 0; after is { } at;)
            {
                var page = await Audiences.ReadAsync(Tenant, saved.Value.SegmentId, null, at, 64, Ct);
                chosen.AddRange(page.Members.Select(m => m.ContactId));
                after = page.Last;
            }
            Assert.True(expected.SequenceEqual(chosen), $"{json}\nin memory {expected.Count}, by SQL and residual {chosen.Count}; differing: {string.Join(", ", expected.Except(chosen).Concat(chosen.Except(expected)).Take(3))}");
            Assert.Equal(expected.Count, (await Audiences.CountAsync(All, saved.Value.SegmentId, Ct)).Contacts);
            if (SegmentSql.Compile(Database.Sealer, All, node.Value).IsExact) exact++;
            if (expected.Count is > 0 and < People) some++;
        }
        Assert.InRange(exact, Trials / 10, Trials * 9 / 10);   // both ways are taken
        Assert.InRange(some, Trials / 4, Trials);
    }

    private async Task<IReadOnlyList<OpenedContact>> ReadAllAsync(SegmentNode? node, FieldSet fields) =>
        (await new ContactSearch(Database.Tenants, Database.Sealer, Fields).ReadAsync(All, new ContactFilter(Segment: node), 0, 1_000, Ct)).Contacts;

    private async Task FurnishAsync()
    {
        foreach (var field in Samples.Fields.All.Skip(2)) Assert.Null((await Fields.AddAsync(Tenant, field.Definition, Ct)).Fault);
        var fields = (await Fields.LoadAsync(Tenant, Ct)).All;
        var csv = new StringBuilder("email," + string.Join(',', fields.Select(f => f.Name)) + "\n");
        for (var i = 0; i < People; i++)
            csv.Append(CultureInfo.InvariantCulture, $"P{i}.{Pick(["Ann", "bob"])}@{Pick(Domains)},{string.Join(',', fields.Select(f => _random.Next(4) == 0 ? "" : "\"" + Text(f.Definition) + "\""))}\n");
        var job = await ImportAsync("people.csv", csv.ToString());
        Assert.Equal((People, 0), (job.Added, job.Faulty));
        _lists = [(await Lists.AddAsync(All, "one", Ct)).Value.ListId, (await Lists.AddAsync(All, "two", Ct)).Value.ListId];
        var ids = await Database.Tenants.ListAsync<long>(Tenant, "select contact_id from contact", null, Ct);
        foreach (var list in _lists) await Lists.JoinAsync(All, list, [.. ids.Where(_ => _random.Next(2) == 0)], Ct);
        foreach (var id in ids)
            await Database.Tenants.RunAsync(Tenant, "update contact set status = @status, created_at = @at where contact_id = @id", new { id, status = Pick(Statuses), at = Clock.GetUtcNow().AddDays(-_random.Next(10)) }, Ct);
    }

    private JsonNode Node(FieldSet fields, int depth) => _random.Next(depth > 3 ? 6 : 10) switch
    {
        0 => new JsonObject { ["status"] = Pick(Statuses) },
        1 => new JsonObject { ["list"] = Pick([_lists[0], _lists[1], 17]) },
        2 => new JsonObject { ["domain"] = new JsonArray(Pick(Domains), Pick(Domains)) },
        3 => new JsonObject { ["created"] = new JsonObject { [Pick(["from", "before"])] = Clock.GetUtcNow().AddDays(-_random.Next(10)).ToString("O", CultureInfo.InvariantCulture) } },
        4 or 5 => Field(fields),
        6 => new JsonObject { ["not"] = Node(fields, depth + 1) },
        7 or 8 => new JsonObject { ["and"] = Parts(fields, depth) },
        _ => new JsonObject { ["or"] = Parts(fields, depth) },
    };

    private JsonArray Parts(FieldSet fields, int depth) => new([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Node(fields, depth + 1))]);

    private JsonObject Field(FieldSet fields)
    {
        if (_random.Next(12) == 0) return new JsonObject { ["field"] = "email", ["op"] = Pick(["eq", "ne"]), ["value"] = $"p{_random.Next(People)}.ann@{Pick(Domains)}" };
        if (_random.Next(12) == 0) return new JsonObject { ["field"] = "email", ["op"] = Pick(["contains", "starts"]), ["value"] = Pick(["ANN", "p1", "@mail"]) };
        var field = fields.All[_random.Next(fields.All.Count)];
        var ops = field.Type switch
        {
            FieldType.Text => (string[])["eq", "ne", "contains", "starts", "in", "empty"],
            FieldType.Boolean => ["eq", "ne", "empty"],
            FieldType.Choice => ["eq", "ne", "in", "empty"],
            FieldType.MultiChoice => ["contains", "in", "empty"],
            _ => ["eq", "ne", "lt", "le", "gt", "ge", "in", "empty"],
        };
        var op = Pick(ops);
        var json = new JsonObject { ["field"] = field.Name, ["op"] = op };
        if (op == "in") json["value"] = new JsonArray(Word(field.Definition), Word(field.Definition));
        else if (op != "empty") json["value"] = Word(field.Definition);
        return json;
    }

    private string Text(FieldDefinition field) => field.Type is FieldType.MultiChoice ? $"{Pick(Words)};{Pick(Words)}" : Word(field);

    private string Word(FieldDefinition field) => field.Type switch
    {
        FieldType.Number => Pick(["0", "1", "-1.5", "10", "9", "1.50", "79228162514264337593543950335"]),
        FieldType.Boolean => Pick(["true", "false"]),
        FieldType.Date => Pick(["2025-12-31", "2026-01-01", "0001-01-01", "9999-12-31"]),
        FieldType.DateTime => Pick(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "1969-07-20T20:17:40Z"]),
        FieldType.Choice => Pick(["S", "M", "L"]),
        _ => Pick(Words),
    };

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
