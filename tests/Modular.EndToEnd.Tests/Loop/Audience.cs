using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Modular.EndToEnd.Tests.Loop;

/// <summary>People whose addresses say what becomes of their mail, and what the figures must say then.</summary>
internal sealed record Audience(int Plain, int Bounce, int Late, int Defer, int Complain, int Unsubscribe, int Open, int Click)
{
    public int All => Plain + Bounce + Late + Defer + Complain + Unsubscribe + Open + Click;

    public int Leave => Bounce + Late + Complain + Unsubscribe;

    public byte[] Csv()
    {
        var csv = new StringBuilder("email,first_name,last_name\r\n");
        var n = 0;
        foreach (var (count, tag) in new[]
        {
            (Plain, ""), (Bounce, "+bounce-5.1.1"), (Late, "+late-dsn"), (Defer, "+defer-4.2.2"), (Complain, "+complain"), (Unsubscribe, "+unsubscribe"), (Open, "+open"), (Click, "+open+click"),
        })
        {
            for (var i = 0; i < count; i++, n++) csv.Append(CultureInfo.InvariantCulture, $"person.{n}{tag}@town{n % 5}.example,Zoë {n},\"O'Neill, Jr.\"\r\n");
        }
        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>Whether everything that comes back has come back.</summary>
    public bool IsComplete(JsonNode analysis) =>
        (string?)analysis["state"] == "sent" && State(analysis, "bounced") == Bounce + Late && (long)analysis["opens"]!["people"]! == Open + Click
        && (long)analysis["clicks"]!["people"]! == Click && (long)analysis["complaints"]! == Complain && (long)analysis["unsubscribes"]! == Unsubscribe;

    public static long State(JsonNode analysis, string state) => (long)analysis["audience"]![state]!; // the analysis names every state

    public static long Sum(JsonNode analysis) => analysis["audience"]!.AsObject().Where(p => p.Key != "total").Sum(p => (long)p.Value!); // numbers all
}
