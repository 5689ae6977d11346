namespace Modular.Mail.Reports;

/// <summary>Finds the failed recipients in the words of a report.</summary>
internal static class RecipientFinder
{
    private const int MostRecipients = 100;
    private const int MostLineChars = 1000;

    /// <param name="Evidence">The line that names it.</param>
    public readonly record struct Found(string Address, string Evidence, string Rule);

    /// <summary>
    /// Lines that name a recipient in so many words; where there are none, lines that are an address alone behind an introduction;
    /// where there are none of these either, addresses inside an SMTP reply.
    /// </summary>
    /// <param name="notThese">Sender and addressee of the report itself.</param>
    /// <param name="domain">The reporter's; a bare name behind an introduction is a mailbox there.</param>
    public static List<Found> Find(IReadOnlyList<string> lines, IReadOnlySet<string> notThese, string domain, string subject, BounceRules rules)
    {
        var found = Collect(lines, notThese, line => rules.FindAddress("recipient", line));
        var introduction = FirstIntroduction(lines, rules);
        if (introduction >= 0)
        {
            found.AddRange(Collect([.. lines.Skip(introduction)], notThese, Alone).Where(f => found.All(o => !Same(o.Address, f.Address))));
            if (found.Count is 0 && BareName(lines, introduction, domain) is { } name)
                found.Add(name);
        }

        if (found.Count is 0)
            found = Collect(lines, notThese, InReply);
        if (found.Count is 0)
            found = Collect([subject], notThese, Anywhere);
        if (found.Count is 0 && introduction >= 0)
            found = Collect(lines, notThese, Anywhere);
        // A mail system's inner name for a mailbox stands beside the address that was mailed.
        if (found.Exists(IsOutside))
            found.RemoveAll(f => !IsOutside(f));
        return found;
    }

    private static Found? BareName(IReadOnlyList<string> lines, int introduction, string domain)
    {
        var name = lines[introduction].EndsWith(':') ? lines.Skip(introduction + 1).FirstOrDefault(line => line.Length > 0) : null;
        return name is { Length: <= 64 } && domain.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? new Found($"{name}@{domain}", lines[introduction], "recipient: a name alone behind an introduction")
            : null;
    }

    private static List<Found> Collect(IReadOnlyList<string> lines, IReadOnlySet<string> notThese, Func<AddressMask, (string Address, string Rule)?> read)
    {
        var found = new List<Found>();
        for (var i = 0; i < lines.Count && found.Count < MostRecipients; i++)
        {
            if (lines[i].Length is 0 or > MostLineChars || !lines[i].Contains('@', StringComparison.Ordinal) || read(new AddressMask(lines[i])) is not var (address, rule))
                continue;
            address = address.TrimEnd('.').Trim('\'', '`');
            if (!notThese.Contains(address) && !address.Contains("..", StringComparison.Ordinal) && !found.Any(f => Same(f.Address, address)))
                found.Add(new Found(address, lines[i], rule));
        }

        return found;
    }

    private static (string Address, string Rule)? Alone(AddressMask line) =>
        line.All.Count > 0 && line.Text.Trim(AddressMask.Mark, ' ', '>', '*', '-', '.', ':', ';', ',').Length is 0 ? (line.All[0], "recipient: an address alone behind an introduction") : null;

    private static (string Address, string Rule)? InReply(AddressMask line) =>
        line.Text.IndexOf(AddressMask.Mark, StringComparison.Ordinal) is > 3 and var at && ReplyText.ReplyCode(line.Text.AsSpan(0, at)) is not null ? (line.All[0], "recipient: an address in an SMTP reply") : null;

    private static (string Address, string Rule)? Anywhere(AddressMask line) => line.All.Count > 0 ? (line.All[0], "recipient: an address in the text") : null;

    private static int FirstIntroduction(IReadOnlyList<string> lines, BounceRules rules)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (rules.Find("introduction", lines[i]) is not null)
                return i;
        }

        return -1;
    }

    private static bool IsOutside(Found found) => found.Address.IndexOf('.', found.Address.LastIndexOf('@')) >= 0;

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
