using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class EncodedWordReaderTests
{
    [Theory]
    // RFC 2047 §8
    [InlineData("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>")]
    [InlineData("=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard")]
    [InlineData("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=", "If you can read this you understand the example.")]
    [InlineData("(=?ISO-8859-1?Q?a?= b)", "(a b)")]
    [InlineData("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)")]
    [InlineData("(=?ISO-8859-1?Q?a_b?=)", "(a b)")]
    [InlineData("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)")]
    // as senders do it
    [InlineData("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?utf-8?B?5pel5g==?= =?utf-8?B?nKzoqp4=?=", "日本語")]
    [InlineData("=?utf-8?q?with blanks inside?=", "with blanks inside")]
    [InlineData("=?utf-8*en?q?language?=", "language")]
    [InlineData("glued=?utf-8?q?together?=words", "gluedtogetherwords")]
    [InlineData("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト")]
    [InlineData("=?gb2312?B?1tDOxA==?=", "中文")]
    [InlineData("=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=", "Привет")]
    [InlineData("=?windows-1252?Q?=80?=", "€")]
    [InlineData("=?x-unknown?Q?=C3=BC?=", "ü")]
    [InlineData("=?utf-8?q?bad=ZZ=4?=", "bad=ZZ=4")]
    [InlineData("=?utf-8?q??= empty", " empty")]
    // not encoded words
    [InlineData("=?utf-8?x?abc?=", "=?utf-8?x?abc?=")]
    [InlineData("=?utf-8?q?no end", "=?utf-8?q?no end")]
    [InlineData("=?", "=?")]
    [InlineData("a =? b ?= c", "a =? b ?= c")]
    [InlineData("plain", "plain")]
    public void Encoded_words_are_decoded_and_the_rest_is_left(string text, string expected) => Assert.Equal(expected, EncodedWordReader.Decode(text));

    [Fact]
    public void What_the_writer_wrote_is_read_back()
    {
        var random = new Random(2047);
        for (var i = 0; i < 3000; i++)
        {
            var text = HeaderText.Create(RandomText.Next(random, 200));
            var line = HeaderLine.Text("Subject", text);

            var message = MimeMessage.Parse(line.Octets.ToArray());

            Assert.Equal(text.ToString(), message.Subject);
        }
    }

    [Fact]
    public void What_the_writer_wrote_as_mailboxes_is_read_back()
    {
        var random = new Random(5322);
        for (var i = 0; i < 2000; i++)
        {
            var mailboxes = Enumerable.Range(0, random.Next(1, 4)).Select(n => MailboxAddress.Create($"a{n}@example.org", HeaderText.Create(RandomText.Next(random, 40)))).ToArray();

            var message = MimeMessage.Parse(HeaderLine.Mailboxes("To", mailboxes).Octets.ToArray());

            Assert.Equal(mailboxes.Select(m => (Single(m.Name), m.Address)), message.To.Select(m => (Single(m.Name), m.Address)));
        }

        // Runs of blanks between the atoms of a phrase carry nothing (RFC 5322 §3.2.2).
        static string Single(HeaderText name) => string.Join(' ', name.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
