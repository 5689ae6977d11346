using System.Text;
using System.Text.RegularExpressions;

namespace Modular.Mail.Reports;

/// <summary>A line whose addresses, with the brackets or quotes around them, have been replaced by one mark each, so that rules match it as plain text.</summary>
internal sealed partial class AddressMask
{
    /// <summary>No mail text holds it: control characters are read as blanks.</summary>
    public const char Mark = '\u0001';

    private readonly List<string> addresses = [];

    public AddressMask(string line)
    {
        var masked = new StringBuilder(line.Length);
        var from = 0;
        foreach (Match match in Addresses().Matches(line))
        {
            masked.Append(line, from, match.Index - from).Append(Mark);
            addresses.Add(match.Groups[1].Value);
            from = match.Index + match.Length;
        }

        Text = masked.Append(line, from, line.Length - from).ToString();
    }

    public string Text { get; }

    public IReadOnlyList<string> All => addresses;

    /// <summary>The address whose mark stands at an offset of <see cref="Text"/>.</summary>
    public string At(int offset) => addresses[Text.AsSpan(0, offset).Count(Mark)];

    [GeneratedRegex("""[<"'\[({]{0,4}(?:smtp:|mailto:|rfc822;[ ]?)?([^\s<>"',;:()\[\]{}@\u0001]{1,200}@[^\s<>"',;:()\[\]{}@/\u0001]{1,255})(?:[>"'\])}]{1,4})?""", RegexOptions.IgnoreCase)]
    private static partial Regex Addresses();
}
