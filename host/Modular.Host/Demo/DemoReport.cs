using System.Globalization;

namespace Modular.Host.Demo;

/// <summary>The table at the end: what the addresses asked for beside what the suite says, line by line.</summary>
internal sealed class DemoReport(TextWriter to)
{
    private readonly List<(string What, string Wanted, string Found, bool Holds)> _lines = [];

    public bool Holds => _lines.TrueForAll(line => line.Holds);

    public void Section(string title) => _lines.Add((title, "", "", true));

    public void Equal(string what, long wanted, long found) => _lines.Add((what, Number(wanted), Number(found), wanted == found));

    public void AtMost(string what, long wanted, long found) => _lines.Add((what, "≤ " + Number(wanted), Number(found), found <= wanted));

    public void Write()
    {
        var width = _lines.Max(line => line.What.Length);
        to.WriteLine();
        to.WriteLine($"  {"".PadRight(width)}  {"asked for",10}  {"found",10}");
        foreach (var (what, wanted, found, holds) in _lines)
        {
            if (wanted.Length == 0) to.WriteLine($"\n  {what}");
            else to.WriteLine($"  {what.PadRight(width)}  {wanted,10}  {found,10}  {(holds ? "ok" : "WRONG")}");
        }
        to.WriteLine();
        var wrong = _lines.Count(line => !line.Holds);
        to.WriteLine(wrong == 0 ? "Every figure holds." : $"{wrong} of these figures are wrong.");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
