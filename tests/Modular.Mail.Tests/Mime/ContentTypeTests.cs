using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class ContentTypeTests
{
    [Theory]
    [InlineData("text/plain; charset=us-ascii", "text/plain", "charset", "us-ascii")]
    [InlineData("TEXT/HTML;Charset=\"UTF-8\"", "text/html", "charset", "UTF-8")]
    [InlineData("multipart/mixed; boundary=\"a;b=c\"; x=y", "multipart/mixed", "boundary", "a;b=c")]
    [InlineData("multipart/mixed; boundary=a b ; x=y", "multipart/mixed", "boundary", "a b")]
    [InlineData("text/plain; name=\"a \\\"quoted\\\" name\"", "text/plain", "name", "a \"quoted\" name")]
    [InlineData("text/plain; name=\"never closed", "text/plain", "name", "never closed")]
    [InlineData("text/plain;;; ; charset=x", "text/plain", "charset", "x")]
    [InlineData("text/plain; lonely; charset=x", "text/plain", "charset", "x")]
    [InlineData("", "text/plain", "charset", null)]
    [InlineData("text", "text/plain", "charset", null)]
    [InlineData("text/", "text/plain", "charset", null)]
    [InlineData("not a type/x", "text/plain", "charset", null)]
    // RFC 2231 §3, §4, §4.1
    [InlineData("message/external-body; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub\"", "message/external-body", "url", "ftp://cs.utk.edu/pub")]
    [InlineData("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "application/x-stuff", "title", "This is ***fun***")]
    [InlineData("application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"", "application/x-stuff", "title", "This is even more ***fun*** isn't it!")]
    [InlineData("text/plain; name*1=b; name*0=a", "text/plain", "name", "ab")]
    [InlineData("text/plain; name*=utf-8''%e2%82%ac%20rates", "text/plain", "name", "€ rates")]
    [InlineData("text/plain; name=\"=?utf-8?q?=E2=82=AC?=\"", "text/plain", "name", "€")]
    public void A_content_type_is_read_with_its_parameters(string text, string type, string parameter, string? value)
    {
        var contentType = ContentType.Parse(text);

        Assert.Equal(type, contentType.MediaType);
        Assert.Equal(value, contentType[parameter]);
    }
}
