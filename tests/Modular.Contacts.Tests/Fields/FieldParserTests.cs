using System.Globalization;
using System.Text.Json;
using Modular.Contacts.Fields;

namespace Modular.Contacts.Tests.Fields;

public sealed class FieldParserTests
{
    [Theory]
    [InlineData("number", "12", "12")]
    [InlineData("number", "-1.50", "-1.5")]
    [InlineData("number", "1,5", "1.5")]
    [InlineData("number", "1,500", null)]
    [InlineData("number", "1.234,50", null)]
    [InlineData("number", "1e5", null)]
    [InlineData("boolean", "YES", "true")]
    [InlineData("boolean", "0", "false")]
    [InlineData("boolean", "perhaps", null)]
    [InlineData("date", "2026-01-31", "\"2026-01-31\"")]
    [InlineData("date", "31.01.2026", "\"2026-01-31\"")]
    [InlineData("date", "2026-02-30", null)]
    [InlineData("date", "01/02/2026", null)]
    [InlineData("date_time", "2026-01-31T18:30:00+01:00", "\"2026-01-31T17:30:00.000000Z\"")]
    [InlineData("date_time", "2026-01-31 18:30:00", "\"2026-01-31T18:30:00.000000Z\"")]
    [InlineData("date_time", "2026-01-31", "\"2026-01-31T00:00:00.000000Z\"")]
    [InlineData("date_time", "yesterday", null)]
    [InlineData("choice", "m", "\"M\"")]
    [InlineData("choice", "XL", null)]
    [InlineData("multi_choice", "b; a ;b", "[\"a\",\"b\"]")]
    [InlineData("multi_choice", "\"VIP\",\"Lisbon meetup\"", "[\"Lisbon meetup\",\"VIP\"]")]
    [InlineData("multi_choice", "Kunden;Presse", "[\"Kunden\",\"Presse\"]")]
    [InlineData("text", "  Ann  ", "\"Ann\"")]
    [InlineData("text", "nul\0", null)]
    [InlineData("text", "", "null")]
    public void A_cell_is_read_by_its_fields_type(string type, string text, string? json)
    {
        var field = new FieldDefinition("f", "F", FieldTypes.FromWord(type)!.Value, false, false, type == "choice" ? ["S", "M", "L"] : []);
        var isRead = FieldParser.TryParse(field, text, out var value, out var reason);
        Assert.Equal(json is not null, isRead);
        if (!isRead) Assert.NotEmpty(reason);
        else Assert.Equal(json, value is null ? "null" : FieldJson.ToNode(value).ToJsonString());
    }

    [Fact]
    public void What_is_read_does_not_depend_on_the_machines_language()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.True(FieldParser.TryParse(new FieldDefinition("n", "N", FieldType.Number, false, false, []), "1.5", out var value, out _));
            Assert.Equal(1.5m, value);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_is_stored_is_read_again()
    {
        foreach (var field in Samples.Fields.All)
        {
            var text = field.Type switch { FieldType.Number => "7.25", FieldType.Boolean => "no", FieldType.Date => "2024-02-29", FieldType.DateTime => "2024-02-29T12:00:00.123456Z", FieldType.Choice => "L", _ => "x" };
            Assert.True(FieldParser.TryParse(field.Definition, text, out var value, out _));
            var stored = JsonDocument.Parse(FieldJson.ToNode(value!).ToJsonString()).RootElement;
            Assert.True(FieldJson.Same(value, FieldJson.FromStored(field.Definition, stored)), field.Name);
        }
    }

    [Theory]
    [InlineData("city", true)]
    [InlineData("City", false)]
    [InlineData("1st", false)]
    [InlineData("with space", false)]
    [InlineData("email", false)]
    [InlineData("", false)]
    public void A_name_is_a_plain_word_that_means_nothing_else(string name, bool isFine) => Assert.Equal(isFine, FieldNames.Check(name) is null);

    [Theory]
    [InlineData("Customer Since", "customer_since")]
    [InlineData("Größe (cm)", "gro_e_cm")]
    [InlineData("1st order", "f_1st_order")]
    [InlineData("!!!", null)]
    public void A_header_gives_a_name(string header, string? name) => Assert.Equal(name, FieldNames.FromHeader(header));
}
