using System.Text.Json.Nodes;

namespace Modular.Host.Demo;

/// <summary>The steps of the loop, each one found again if a killed run did it already.</summary>
internal sealed class DemoSteps(DemoApi api, TextWriter to, bool isTerminal, TimeProvider time)
{
    private const string SenderDomain = "news.acme.example";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a figure may stand still before the demo says so instead of waiting on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>One custom field of each type, and a domain to send from.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        object[] fields =
        [
            new { name = "city", label = "City", type = "text" },
            new { name = "points", label = "Points", type = "number", isPersonal = false },
            new { name = "newsletter", label = "Newsletter", type = "boolean", isPersonal = false },
            new { name = "birthday", label = "Birthday", type = "date" },
            new { name = "last_order", label = "Last order", type = "date_time" },
            new { name = "plan", label = "Plan", type = "choice", isPersonal = false, choices = new[] { "free", "silver", "gold" } },
            new { name = "interests", label = "Interests", type = "multi_choice", isPersonal = false, choices = new[] { "garden", "kitchen", "travel", "books" } },
            new { name = "demo_run", label = "Demo run", type = "number", isPersonal = false },
            new { name = "note", label = "Note", type = "text" },
        ];
        foreach (var field in fields) await api.EnsureAsync("fields", field, ct);
        await api.EnsureAsync("sending-domains", new { domain = SenderDomain }, ct);
    }

    /// <summary>Those of this run who take the newsletter.</summary>
    public async Task<long> SegmentAsync(DemoPeople people, CancellationToken ct)
    {
        var name = $"Newsletter, run {people.Run}";
        var definition = new { and = new object[] { new { field = "demo_run", op = "eq", value = people.Run }, new { field = "newsletter", op = "eq", value = true } } };
        var known = (await api.GetAsync("segments", ct))["items"]!.AsArray().FirstOrDefault(s => (string?)s!["name"] == name);
        return (long)(known ?? await api.PostAsync("segments", new { name, definition }, ct))["id"]!;
    }

    /// <summary>Writes the letter, sends it, and waits until no recipient is open.</summary>
    /// <returns>The campaign's id.</returns>
    public async Task<long> SendAsync(DemoLetter letter, long segment, CancellationToken ct)
    {
        var campaign = await FindAsync(letter.Name, ct) ?? await api.PostAsync("campaigns", new
        {
            name = letter.Name,
            subject = letter.Subject,
            fromName = "Acme Garden & Kitchen",
            fromAddress = $"letter@{SenderDomain}",
            html = letter.Html,
            segmentId = segment,
        }, ct);
        var id = (long)campaign["id"]!;
        if ((string?)campaign["state"] == "draft") await api.PostAsync($"campaigns/{id}/send", new { }, ct);

        await FollowAsync(
            letter.Name,
            () => api.GetAsync($"campaigns/{id}/analysis", ct),
            a => Share(a["audience"]!),
            a => $"{Closed(a["audience"]!):N0} of {(long)a["audience"]!["total"]!:N0}, {(double)a["messagesPerSecond"]!:N0} a second",
            a => (string?)a["state"] == "sent",
            ct);
        return id;
    }

    /// <summary>Waits until <paramref name="isDone"/>, showing progress; a figure that does not move for long is a failure, however slow the machine.</summary>
    public async Task<JsonNode> FollowAsync(
        string what, Func<Task<JsonNode>> look, Func<JsonNode, double> share, Func<JsonNode, string> note, Func<JsonNode, bool> isDone, CancellationToken ct)
    {
        var bar = new ProgressBar(to, isTerminal, what);
        var (seen, movedAt) = ("", time.GetTimestamp());
        while (true)
        {
            var now = await look();
            if (isDone(now))
            {
                bar.Done(note(now));
                return now;
            }
            bar.Show(share(now), note(now));
            var text = now.ToJsonString();
            if (text != seen) (seen, movedAt) = (text, time.GetTimestamp());
            else if (time.GetElapsedTime(movedAt) > Patience) throw new DemoFailedException($"{what} has stood still for {Patience.TotalMinutes:N0} minutes: {text}");
            await Task.Delay(Tick, time, ct);
        }
    }

    private async Task<JsonNode?> FindAsync(string name, CancellationToken ct)
    {
        await foreach (var campaign in api.PagesAsync("campaigns", ct))
        {
            if ((string?)campaign["name"] == name) return campaign;
        }
        return null;
    }

    private static long Closed(JsonNode audience) => (long)audience["total"]! - (long)audience["queued"]! - (long)audience["sending"]! - (long)audience["deferred"]!;

    private static double Share(JsonNode audience) => (long)audience["total"]! == 0 ? 0 : (double)Closed(audience) / (long)audience["total"]!;
}
