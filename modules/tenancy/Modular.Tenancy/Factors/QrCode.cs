using System.Globalization;
using System.Text;
using QRCoder;

namespace Modular.Tenancy.Factors;

/// <summary>A QR code as one path of an SVG, with its quiet zone: nothing in it that a strict policy for content forbids, and nothing to fetch.</summary>
/// <param name="Size">Modules on a side.</param>
/// <param name="Path">The dark modules, for the <c>d</c> of a path.</param>
internal sealed record QrCode(int Size, string Path)
{
    public string ViewBox => string.Create(CultureInfo.InvariantCulture, $"0 0 {Size} {Size}");

    public static QrCode Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                var from = x;
                while (x < rows.Count && rows[y][x]) x++;
                if (x > from) path.Append(CultureInfo.InvariantCulture, $"M{from} {y}h{x - from}v1h-{x - from}z");
            }
        }
        return new QrCode(rows.Count, path.ToString());
    }
}
