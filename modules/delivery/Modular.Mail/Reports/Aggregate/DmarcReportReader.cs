using System.Buffers;
using System.Text;
using System.Xml;
using Modular.Mail.Text;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>Reads the XML of a DMARC aggregate report: without a document type or any resolver, as a stream, and where it is damaged, what is still to be had.</summary>
internal static class DmarcReportReader
{
    /// <param name="open">Opens the XML anew: damaged XML is read a second time.</param>
    /// <exception cref="UnusableReportException">It is none, or says too little.</exception>
    public static DmarcReport Read(Func<Stream> open, IReadOnlyList<string> container, ReportLimits limits)
    {
        DmarcReport report;
        try
        {
            report = ReadStrictly(open, container, limits);
        }
        catch (XmlException)
        {
            report = Salvage(open, container, limits);
        }

        if (report.Domain is null)
            throw new UnusableReportException("it does not say which domain it is about");
        if (report.BeginsAt is null || report.EndsAt is null)
            throw new UnusableReportException("it does not say which time it is about");
        if (report.ReportId is null && report.OrgName is null)
            throw new UnusableReportException("it says neither who reports nor which report it is");
        if (!report.IsStrictXml && report.Records.Count is 0)
            throw new UnusableReportException("its XML is damaged, and no record is whole");
        return report;
    }

    private static DmarcReport ReadStrictly(Func<Stream> open, IReadOnlyList<string> container, ReportLimits limits)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.Bytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CheckCharacters = false,
            CloseInput = true,
        };
        var builder = new DmarcReportBuilder(limits);
        using var reader = XmlReader.Create(open(), settings);
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var (name, isEmpty) = (reader.LocalName, reader.IsEmptyElement);
                    builder.Open(name);
                    if (isEmpty)
                        builder.Close(name);
                    break;
                case XmlNodeType.EndElement:
                    builder.Close(reader.LocalName);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    builder.Text(reader.Value);
                    break;
            }
        }

        return builder.Build(isStrict: true, container);
    }

    private static DmarcReport Salvage(Func<Stream> open, IReadOnlyList<string> container, ReportLimits limits)
    {
        var builder = new DmarcReportBuilder(limits);
        LooseXml.Read(ReadText(open, limits).AsSpan().TrimStart("\uFEFF \t\r\n"), builder);
        return builder.Build(isStrict: false, container);
    }

    private static string ReadText(Func<Stream> open, ReportLimits limits)
    {
        using var stream = open();
        var bytes = new ArrayBufferWriter<byte>();
        while (bytes.WrittenCount <= limits.SalvagedChars)
        {
            var read = stream.Read(bytes.GetSpan(64 * 1024));
            if (read is 0)
                return bytes.WrittenSpan is [0xFF, 0xFE, ..] ? Encoding.Unicode.GetString(bytes.WrittenSpan) : Charsets.Guess(bytes.WrittenSpan);
            bytes.Advance(read);
        }

        throw new UnusableReportException($"its XML is damaged, and it is larger than {limits.SalvagedChars / (1024 * 1024)} MB");
    }
}
