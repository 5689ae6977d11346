using System.Globalization;

namespace Modular.Host.Demo;

/// <summary>
/// The people of one run, made by rule and not by chance: the same number gives the same person, and the person's address says what will become of
/// their mail. So everything the suite reports can be compared with what the addresses asked for.
/// </summary>
internal sealed class DemoPeople(int run)
{
    /// <summary>Rows of the file: good ones, bad ones, and addresses that came before in other letters.</summary>
    public const int Rows = 20_000;

    public const int BadRows = 200;
    public const int Duplicates = 300;
    public const int People = Rows - BadRows - Duplicates;

    private static readonly string[] FirstNames =
        ["Ann", "Zoë", "Łukasz", "Ελένη", "Дмитрий", "美咲", "دانة", "Ngozi", "José", "Søren", "שירה", "अनिता", "Ümit", "Mária", "Björn", "Thảo", "Seán", "지우", "Ana", "François"];

    private static readonly string[] LastNames =
        ["O’Brien", "Müller", "Kowalski", "Παπαδοπούλου", "Иванов", "山田", "الهاشمي", "Okafor", "da Silva", "Kjær", "כהן", "शर्मा", "Yılmaz", "Nagy", "Ström", "Nguyễn", "Ní Bhriain", "김", "Horvat", "Lefèvre"];

    private static readonly string[] Cities = ["Lisbon", "Zürich", "Kraków", "Θεσσαλονίκη", "Київ", "東京", "الدوحة", "Lagos", "São Paulo", "København", "חיפה", "पुणे"];

    public int Run => run;

    public static bool IsOnNewsletter(int person) => person % 13 != 0;

    /// <summary>What the person's address asks for.</summary>
    public static DemoFate FateOf(int person) => (person % 1000) switch
    {
        < 20 => DemoFate.Bounces,
        < 40 => DemoFate.DefersTwice,
        < 50 => DemoFate.BouncesLater,
        < 53 => DemoFate.Complains,
        < 63 => DemoFate.Unsubscribes,
        < 363 => DemoFate.Opens,
        < 463 => DemoFate.Clicks,
        _ => DemoFate.Reads,
    };

    public static string FirstName(int person) => FirstNames[person % FirstNames.Length];

    public static string LastName(int person) => LastNames[person / 7 % LastNames.Length];

    public static string City(int person) => Cities[person / 3 % Cities.Length];

    public string Address(int person)
    {
        var tag = FateOf(person) switch
        {
            DemoFate.Bounces => "+bounce-5.1.1",
            DemoFate.DefersTwice => "+defer-4.2.2",
            DemoFate.BouncesLater => "+late-dsn",
            DemoFate.Complains => "+complain",
            DemoFate.Unsubscribes => "+unsubscribe",
            DemoFate.Opens => "+open",
            DemoFate.Clicks => "+open+click",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"reader{person:00000}.run{run}{tag}@sink.test");
    }

    /// <summary>How many on the newsletter have one of these fates.</summary>
    public static int Count(params DemoFate[] fates) => Enumerable.Range(0, People).Count(person => IsOnNewsletter(person) && fates.Contains(FateOf(person)));

    public static int OnNewsletter => Enumerable.Range(0, People).Count(IsOnNewsletter);
}

/// <summary>What becomes of a person's mail.</summary>
internal enum DemoFate
{
    /// <summary>Delivered, and nothing is heard of it.</summary>
    Reads,
    Opens,
    Clicks,

    /// <summary>5.1.1 in the session.</summary>
    Bounces,

    /// <summary>4.2.2 twice, then delivered.</summary>
    DefersTwice,

    /// <summary>Accepted, and reported undeliverable afterwards.</summary>
    BouncesLater,
    Complains,
    Unsubscribes,
}
