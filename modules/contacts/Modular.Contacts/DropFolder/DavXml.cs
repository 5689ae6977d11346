using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Modular.Contacts.DropFolder;

/// <summary>Bodies of WebDAV requests and answers. What strangers send is bounded in size and depth, and has no document type (RFC 4918 §20.6).</summary>
internal static class DavXml
{
    public static readonly XNamespace D = "DAV:";

    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxDepth = 32;

    private static readonly XmlWriterSettings Writing = new() { Encoding = new UTF8Encoding(false), Async = true, Indent = false };

    /// <param name="Body">Null when the request has no body.</param>
    /// <param name="Refusal">The status to refuse it with; null when it is fine.</param>
    public readonly record struct Incoming(XElement? Body, int? Refusal);

    public static async Task<Incoming> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxBodyBytes) return new Incoming(null, StatusCodes.Status413PayloadTooLarge);
        }
        if (bytes.Length == 0) return default;
        bytes.Position = 0;
        try
        {
            using var reader = XmlReader.Create(bytes, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.Depth > MaxDepth) return new Incoming(null, StatusCodes.Status400BadRequest);
            }
            bytes.Position = 0;
            using var again = XmlReader.Create(bytes, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return new Incoming(XElement.Load(again, LoadOptions.PreserveWhitespace), null);
        }
        catch (XmlException)
        {
            return new Incoming(null, StatusCodes.Status400BadRequest);
        }
    }

    public static async Task<int> WriteAsync(HttpResponse response, int status, XElement root, CancellationToken ct)
    {
        response.StatusCode = status;
        response.ContentType = "application/xml; charset=utf-8";
        using var bytes = new MemoryStream();
        await using (var writer = XmlWriter.Create(bytes, Writing)) await new XDocument(root).SaveAsync(writer, ct);
        response.ContentLength = bytes.Length;
        bytes.Position = 0;
        await bytes.CopyToAsync(response.Body, ct);
        return status;
    }

    public static XElement Response(string href, params IEnumerable<XElement?> parts) => new(D + "response", new XElement(D + "href", href), parts);

    /// <returns>Null when there are no properties of this status.</returns>
    public static XElement? PropStat(int status, IReadOnlyCollection<XElement> properties) => properties.Count == 0 ? null
        : new XElement(D + "propstat", new XElement(D + "prop", properties), new XElement(D + "status", StatusLine(status)));

    private static string StatusLine(int status) => string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}");
}
