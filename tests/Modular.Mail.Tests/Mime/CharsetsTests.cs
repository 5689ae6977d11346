using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Tests.Mime;

public sealed class CharsetsTests
{
    [Fact]
    public void Every_character_set_that_dotnet_has_is_found_by_its_name_and_its_page()
    {
        var all = Encoding.GetEncodings().Concat(CodePagesEncodingProvider.Instance.GetEncodings()).Where(info => info.CodePage is not 20127).ToList();

        Assert.InRange(all.Count, 100, 300);
        Assert.All(all, info => Assert.NotNull(CharsetNames.Find(info.Name)));
        Assert.All(all, info => Assert.NotNull(CharsetNames.Find($"cp{info.CodePage}")));
    }

    [Theory]
    [InlineData("UTF8", 65001)]
    [InlineData("utf_8", 65001)]
    [InlineData(" utf-8; format=flowed", 65001)]
    [InlineData("iso8859-1", 28591)]
    [InlineData("ISO_8859-1:1987", 28591)]
    [InlineData("8859_2", 28592)]
    [InlineData("latin-9", 28605)]
    [InlineData("iso-8859-8-i", 28598)]
    [InlineData("windows1251", 1251)]
    [InlineData("win-1251", 1251)]
    [InlineData("x-cp1251", 1251)]
    [InlineData("cp_1250", 1250)]
    [InlineData("gb2312", 54936)]
    [InlineData("cp936", 54936)]
    [InlineData("big5-hkscs", 950)]
    [InlineData("x-sjis", 932)]
    [InlineData("ISO-2022-JP-2", 50221)]
    [InlineData("_iso-2022-jp$ESC", 50221)]
    [InlineData("x-euc-jp", 51932)]
    [InlineData("ks_c_5601-1987", 949)]
    [InlineData("tis-620", 874)]
    [InlineData("koi8-ru", 21866)]
    [InlineData("macintosh", 10000)]
    [InlineData("IBM00858", 858)]
    [InlineData("unicode-1-1-utf-7", 65000)]
    public void Names_as_mail_writes_them_are_known(string name, int page) => Assert.Equal(page, CharsetNames.Find(name)?.CodePage);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("us-ascii")]
    [InlineData("no-such-set")]
    [InlineData("iso-8859-99")]
    [InlineData("cp99999999999")]
    [InlineData("cp65536")]
    public void Other_names_are_guessed(string? name)
    {
        Assert.Null(CharsetNames.Find(name));
        Assert.Equal("Grüße", Charsets.Decode("Grüße"u8, name));
        Assert.Equal("Grüße", Charsets.Decode([(byte)'G', (byte)'r', 0xFC, 0xDF, (byte)'e'], name));
        Assert.Equal("ü", Charsets.Decode([0xFF, 0xFE, 0xFC, 0], name));
    }

    [Fact]
    public void A_wrong_utf_8_is_windows_1252_and_a_cut_one_is_not()
    {
        Assert.Equal("Grüße", Charsets.Decode([(byte)'G', (byte)'r', 0xFC, 0xDF, (byte)'e'], "utf-8"));
        Assert.Equal("日本\uFFFD", Charsets.Decode("日本語"u8[..8], "utf-8"));
    }

    [Theory]
    [InlineData("utf-7", "R+APwA3w-e", "Rüße")]
    [InlineData("hz-gb-2312", "~{VPND~}", "中文")]
    [InlineData("iso-2022-jp", "\u001b$BF|K\\\u001b(B", "日本")]
    public void Seven_bit_sets_are_read(string name, string octets, string expected) => Assert.Equal(expected, Charsets.Decode(Encoding.Latin1.GetBytes(octets), name));
}
