using System.Globalization;
using System.Text;

namespace Modular.Host.Demo;

/// <summary>The CSV file of one run: names in several scripts, commas and line breaks inside quotes, addresses that repeat in other letters, and rows that are wrong on purpose.</summary>
internal sealed class DemoFile
{
    private static readonly string[] Plans = ["free", "silver", "gold"];
    private static readonly string[] Interests = ["garden", "kitchen", "travel", "books"];

    private readonly StringBuilder _text = new(4 << 20);
    private readonly List<long> _badLines = [];
    private long _line = 1;

    private DemoFile(DemoPeople people)
    {
        Name = $"demo-{people.Run}.csv";
        Row("E-Mail,First name,Last name,City,Points,Newsletter,Birthday,Last order,Plan,Interests,Demo run,Note");
        var (person, bad, repeated) = (0, 0, 0);
        for (var row = 0; row < DemoPeople.Rows; row++)
        {
            // Every hundredth row is wrong, and three of every two hundred repeat somebody who came before.
            if (row % 100 == 99 && bad < DemoPeople.BadRows) Bad(people, bad++);
            else if (row % 200 is 50 or 120 or 190 && repeated < DemoPeople.Duplicates) Good(people, repeated++ * 3 % Math.Max(1, person), isRepeated: true);
            else Good(people, person++, isRepeated: false);
        }
        if (person != DemoPeople.People) throw new InvalidOperationException($"The file holds {person} people, not {DemoPeople.People}.");
    }

    public string Name { get; }

    /// <summary>The lines on which the wrong rows begin, counted as an editor counts them.</summary>
    public IReadOnlyList<long> BadLines => _badLines;

    public byte[] Bytes => Encoding.UTF8.GetBytes(_text.ToString());

    public static DemoFile Of(DemoPeople people) => new(people);

    private void Good(DemoPeople people, int person, bool isRepeated)
    {
        var address = people.Address(person);
        Row(string.Join(',',
            isRepeated ? address.ToUpperInvariant() : address,
            DemoPeople.FirstName(person), Quoted(DemoPeople.LastName(person)), Quoted(DemoPeople.City(person)),
            Number(person * 7 % 5000), DemoPeople.IsOnNewsletter(person) ? "yes" : "no", Date(person), Instant(person),
            Plans[person % Plans.Length], Quoted(Interests[person % 4] + ";" + Interests[(person + 1) % 4]), Number(people.Run),
            person % 50 == 0 ? "\"Likes tea, coffee\r\nand \"\"quiet\"\" mornings\"" : ""));
    }

    private void Bad(DemoPeople people, int number)
    {
        _badLines.Add(_line);
        var good = string.Create(CultureInfo.InvariantCulture, $"broken{number}.run{people.Run}@sink.test");
        Row((number % 5) switch
        {
            0 => $"not an address,Ann,Smith,Lisbon,1,yes,1990-01-01,2026-01-01T10:00:00Z,gold,books,{people.Run},",
            1 => $"{good},Ann,Smith,Lisbon,many,yes,1990-01-01,2026-01-01T10:00:00Z,gold,books,{people.Run},",
            2 => $"{good},Ann,Smith,Lisbon,1,yes,1990-13-45,2026-01-01T10:00:00Z,gold,books,{people.Run},",
            3 => $"{good},Ann,Smith,Lisbon,1,yes,1990-01-01,2026-01-01T10:00:00Z,platinum,books,{people.Run},",
            _ => $",Ann,Smith,Lisbon,1,yes,1990-01-01,2026-01-01T10:00:00Z,gold,books,{people.Run},",
        });
    }

    private void Row(string row)
    {
        _text.Append(row).Append("\r\n");
        _line += 1 + row.Count(c => c == '\n');
    }

    private static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Date(int person) => new DateOnly(1950, 1, 1).AddDays(person % 20_000).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Instant(int person) => new DateTimeOffset(2025, 1, 1, 8, 30, 0, TimeSpan.Zero).AddMinutes(person * 11).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
