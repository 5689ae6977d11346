using System.Text.Json;

namespace Modular.Kernel.Tests.Values;

public sealed class TenantIdTests
{
    [Theory]
    [InlineData(0, "00000000")]
    [InlineData(31, "0000000z")]
    [InlineData((1L << 40) - 1, "zzzzzzzz")]
    public void An_id_is_eight_letters(long value, string text)
    {
        Assert.Equal(text, new TenantId(value).ToString());
        Assert.Equal(value, TenantId.Parse(text, null).Value);
        Assert.Equal("t_" + text, new TenantId(value).Schema);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0000000")]
    [InlineData("000000000")]
    [InlineData("0000000I")]
    [InlineData("0000000i")]   // looks like 1
    [InlineData("0000000Z")]   // one id has one spelling
    [InlineData("'; drop;")]
    public void Anything_else_is_none(string? text) => Assert.False(TenantId.TryParse(text, null, out _));

    [Fact]
    public void Beyond_forty_bits_there_is_none()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TenantId(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TenantId(1L << 40));
    }

    [Fact]
    public void It_is_written_to_JSON_as_its_text()
    {
        var id = TenantId.NewRandom();
        Assert.Equal($"\"{id}\"", JsonSerializer.Serialize(id));
        Assert.Equal(id, JsonSerializer.Deserialize<TenantId>($"\"{id}\""));
    }
}
