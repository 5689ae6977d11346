using Modular.Contacts.Segments;
using Modular.Testing;

namespace Modular.Contacts.Tests.Segments;

public sealed class SegmentSqlTests : IDisposable
{
    private static readonly TenantId Tenant = new(1);

    private readonly TestKeys _keys = new();

    public SegmentSqlTests() => _keys.Store.Create(Tenant);

    [Theory]
    [InlineData("""{"status": "active"}""", "(c.status = any(@s0))", true)]
    [InlineData("""{"not": {"status": "active"}}""", "not (c.status = any(@s0))", true)]
    [InlineData("""{"field": "orders", "op": "gt", "value": 3}""", "(coalesce((c.open_fields ->> @s0)::numeric > @s1, false))", true)]
    [InlineData("""{"field": "first_name", "op": "eq", "value": "Ann"}""", "true", false)]
    [InlineData("""{"field": "customer_no", "op": "eq", "value": "A1"}""", "(coalesce(c.search && @s0, false))", true)]
    [InlineData("""{"field": "customer_no", "op": "starts", "value": "A1"}""", "true", false)]
    [InlineData("""{"field": "email", "op": "ne", "value": "ann@example.com"}""", "(not c.email_index = any(@s0))", true)]
    [InlineData("""{"and": [{"status": "active"}, {"field": "first_name", "op": "eq", "value": "Ann"}]}""", "((c.status = any(@s0)))", false)]
    [InlineData("""{"or": [{"status": "active"}, {"field": "first_name", "op": "eq", "value": "Ann"}]}""", "true", false)]
    [InlineData("""{"not": {"or": [{"status": "active"}, {"field": "first_name", "op": "eq", "value": "Ann"}]}}""", "(not (c.status = any(@s0)))", false)]
    [InlineData("""{"not": {"and": [{"status": "active"}, {"field": "first_name", "op": "eq", "value": "Ann"}]}}""", "true", false)]
    [InlineData("""{"not": {"not": {"list": 7}}}""", "(exists (select 1 from list_member m where m.list_id = @s0 and m.contact_id = c.contact_id))", true)]
    public void SQL_holds_what_SQL_can_see_and_says_whether_that_is_all(string json, string condition, bool isExact)
    {
        var sql = SegmentSql.Compile(_keys.Sealer, Reach.Whole(Tenant), SegmentReader.Read(json, Samples.Fields).Value);
        Assert.Equal((condition, isExact), (sql.Condition, sql.IsExact));
    }

    [Fact]
    public void No_value_ever_stands_in_the_statement()
    {
        var sql = SegmentSql.Compile(_keys.Sealer, Reach.Whole(Tenant), SegmentReader.Read("""{"and": [{"field": "city", "op": "contains", "value": "'; drop table contact; --"}, {"domain": "evil.example"}]}""", Samples.Fields).Value);
        Assert.DoesNotContain("drop", sql.Condition, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", sql.Condition, StringComparison.Ordinal);
    }

    public void Dispose() => _keys.Dispose();
}
