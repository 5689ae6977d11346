using Modular.Contacts.Importing;

namespace Modular.Contacts.Tests.Importing;

public sealed class RowMapperTests
{
    [Theory]
    [InlineData("E-Mail,Vorname,Nachname", "email|first_name|last_name")]
    [InlineData("Email Address,First Name,Last Name,Phone", "email|first_name|last_name|-")]
    [InlineData("e_mail,fname,LNAME", "email|first_name|last_name")]
    [InlineData("Prénom,Adresse e-mail", "first_name|email")]
    [InlineData("E-mail Address,E-mail 2 Address", "email|-")]
    [InlineData("email,City,Orders,customer-no", "email|city|orders|customer_no")]
    [InlineData("EMAIL,EMAIL_BLACKLISTED", "email|unsubscribed")]
    [InlineData("email,UNSUB_TIME", "email|unsubscribed_at")]
    public void Columns_find_their_fields_by_what_they_are_called(string headers, string expected) =>
        Assert.Equal(expected, Said(ColumnMapping.Make(headers.Split(','), [], new ImportSettings(), Samples.Fields).Value));

    [Fact]
    public void Without_a_name_the_column_that_holds_addresses_is_the_one()
    {
        var mapping = ColumnMapping.Make(["Who", "Where"], [["Ann", "ann@example.com"], ["Bob", "bob@example.com"]], new ImportSettings(), Samples.Fields);
        Assert.Equal("-|email", Said(mapping.Value));
    }

    [Fact]
    public void What_is_said_counts_more_than_what_is_guessed()
    {
        var settings = ImportSettings.FromJson("""{"columns": {"Mail": "email", "2": "city", "First name": null}}""").Value;
        Assert.Equal("email|city|-", Said(ColumnMapping.Make(["Mail", "Ort", "First name"], [], settings, Samples.Fields).Value));
    }

    [Theory]
    [InlineData("""{"columns": {"Nope": "email"}}""", "Nope")]
    [InlineData("""{"columns": {"Ort": "no_such_field"}}""", "no_such_field")]
    [InlineData("""{"delimiter": "x"}""", "delimiter")]
    [InlineData("""{"encoding": "ebcdic"}""", "encoding")]
    [InlineData("""{"colums": {}}""", "colums")]
    [InlineData("nonsense", "settings")]
    public void Settings_that_cannot_be_used_say_why(string json, string mentioned)
    {
        var settings = ImportSettings.FromJson(json);
        var fault = settings.Fault ?? ColumnMapping.Make(["Mail", "Ort"], [], settings.Value, Samples.Fields).Fault;
        Assert.Contains(mentioned, fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_addresses_is_told_its_columns() =>
        Assert.Contains("'Name', 'Phone'", ColumnMapping.Make(["Name", "Phone"], [["Ann", "1"]], new ImportSettings(), Samples.Fields).Fault!.Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("ann@example.com,3,2026-01-31,yes,M", null, null)]
    [InlineData("no-at-sign,3,2026-01-31,yes,M", "email", "no @")]
    [InlineData("ann@example.com,three,2026-01-31,yes,M", "orders", "1234.5")]
    [InlineData("ann@example.com,3,31/01/2026,yes,M", "since", "2026-01-31")]
    [InlineData("ann@example.com,3,2026-01-31,maybe,M", "is_member", "yes or no")]
    [InlineData("ann@example.com,3,2026-01-31,yes,XXL", "size", "S, M, L")]
    [InlineData("ann@example.com,3,2026-01-31,yes", null, "4 columns, the header 5")]
    [InlineData("ann@example.com,3,2026-01-31,yes,M,extra", null, "6 columns, the header 5")]
    [InlineData("ann@example.com,3,2026-01-31,yes,M,", null, null)]
    [InlineData("ann@example.com,,,,", null, null)]
    public void A_row_becomes_a_draft_or_says_which_field_is_wrong_and_why(string row, string? field, string? reason)
    {
        var mapper = new RowMapper(ColumnMapping.Make(["email", "orders", "since", "is_member", "size"], [], new ImportSettings(), Samples.Fields).Value);
        var (draft, fault) = mapper.Map(new Row(7, row.Split(',')));
        Assert.Equal(reason is null, draft is not null);
        if (reason is null) return;
        Assert.Equal((7, field), (fault!.Line, fault.Field));
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_rows_about_one_address_the_later_is_laid_over_the_earlier()
    {
        var mapper = new RowMapper(ColumnMapping.Make(["email", "city", "orders"], [], new ImportSettings(), Samples.Fields).Value);
        var batch = new ImportBatch();
        foreach (var row in new[] { "Ann@Example.com,Wien,3", "ann@example.com,,4", "bob@example.com,Graz,1" }) batch.Add(1, new Guid(row.ToLowerInvariant()[0], 0, 0, new byte[8]), mapper.Map(new Row(2, row.Split(','))).Draft!);
        var ann = batch.Drafts.Values.Single(d => d.Email.LocalPart == "Ann");
        Assert.Equal(["Wien", 4m], ann.Values);
        Assert.Equal((3, 1), (batch.Rows, batch.Duplicates));
    }

    private static string Said(ColumnMapping mapping) => string.Join('|', mapping.Targets.Select(t => t switch
    {
        ColumnTarget.Email => "email",
        ColumnTarget.ToField f => mapping.Fields[f.Slot].Name,
        ColumnTarget.OptOut o => o.IsTime ? "unsubscribed_at" : "unsubscribed",
        _ => "-",
    }));

    private sealed class Row(long line, string[] cells) : ISourceRow
    {
        public long Line => line;
        public int Count => cells.Length;
        public string? Fault => null;
        public string Field(int index) => cells[index];
    }
}
