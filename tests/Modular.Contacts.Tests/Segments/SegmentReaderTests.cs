using Modular.Contacts.Segments;

namespace Modular.Contacts.Tests.Segments;

public sealed class SegmentReaderTests
{
    [Theory]
    [InlineData("""{"status": "active"}""")]
    [InlineData("""{"status": ["bounced", "complained"]}""")]
    [InlineData("""{"and": [{"field": "city", "op": "eq", "value": "Wien"}, {"not": {"list": 7}}]}""")]
    [InlineData("""{"or": [{"field": "orders", "op": "ge", "value": 3}, {"field": "orders", "op": "in", "value": [1, "2"]}]}""")]
    [InlineData("""{"field": "tags", "op": "contains", "value": "vip"}""")]
    [InlineData("""{"field": "first_name", "op": "empty"}""")]
    [InlineData("""{"field": "email", "op": "eq", "value": "ann@example.com"}""")]
    [InlineData("""{"domain": ["example.com", "exämple.at"]}""")]
    [InlineData("""{"created": {"from": "2026-01-01", "before": "2026-02-01T00:00:00Z"}}""")]
    public void These_are_segments(string json) => Assert.Null(SegmentReader.Read(json, Samples.Fields).Fault);

    [Theory]
    [InlineData("nonsense", "definition", "JSON")]
    [InlineData("[]", "definition", "object")]
    [InlineData("{}", "definition", "exactly one")]
    [InlineData("""{"and": []}""", "definition.and", "at least one")]
    [InlineData("""{"and": [{"status": "active"}, {"status": "dead"}]}""", "definition.and[1].status", "unsubscribed")]
    [InlineData("""{"not": {"or": [{"field": "nope", "op": "eq", "value": 1}]}}""", "definition.not.or[0].field", "'nope'")]
    [InlineData("""{"field": "city", "op": "like", "value": "x"}""", "definition.op", "starts")]
    [InlineData("""{"field": "city", "op": "lt", "value": "x"}""", "definition.op", "'lt'")]
    [InlineData("""{"field": "orders", "op": "eq", "value": "many"}""", "definition.value", "orders")]
    [InlineData("""{"field": "orders", "op": "eq"}""", "definition.value", "missing")]
    [InlineData("""{"field": "orders", "op": "in", "value": 3}""", "definition.value", "array")]
    [InlineData("""{"field": "city", "op": "empty", "value": 3}""", "definition.value", "no value")]
    [InlineData("""{"field": "city", "op": "eq", "value": "x", "case": true}""", "definition.case", "nothing else")]
    [InlineData("""{"field": "size", "op": "eq", "value": "XXL"}""", "definition.value", "S, M, L")]
    [InlineData("""{"status": "active", "list": 7}""", "definition", "exactly one")]
    [InlineData("""{"list": "News"}""", "definition.list", "number")]
    [InlineData("""{"domain": "no domain"}""", "definition.domain", "no domain name")]
    [InlineData("""{"created": {"after": "2026-01-01"}}""", "definition.created.after", "from and before")]
    [InlineData("""{"created": {"from": "soon"}}""", "definition.created.from", "2026-01-31")]
    public void What_is_wrong_is_told_with_the_path_to_it(string json, string field, string why)
    {
        var fault = SegmentReader.Read(json, Samples.Fields).Fault;
        Assert.Equal(field, fault?.Field);
        Assert.Contains(why, fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 13)) + """{"status":"active"}""" + new string('}', 13);
        Assert.Contains("deeper", SegmentReader.Read(deep, Samples.Fields).Fault!.Detail, StringComparison.Ordinal);
        var wide = $$"""{"or": [{{string.Join(',', Enumerable.Repeat("""{"status":"active"}""", 201))}}]}""";
        Assert.Contains("more than 200", SegmentReader.Read(wide, Samples.Fields).Fault!.Detail, StringComparison.Ordinal);
        var abyss = new string('[', 100_000) + new string(']', 100_000);
        Assert.NotNull(SegmentReader.Read(abyss, Samples.Fields).Fault);
    }
}
