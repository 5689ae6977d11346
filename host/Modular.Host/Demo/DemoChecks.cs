using System.Text.Json.Nodes;

namespace Modular.Host.Demo;

/// <summary>Compares what the suite says with what the addresses asked for.</summary>
internal static class DemoChecks
{
    private static readonly string[] States = ["queued", "sending", "delivered", "deferred", "bounced", "suppressed", "skipped", "givenUp"];
    private static readonly DemoFate[] Silenced = [DemoFate.Bounces, DemoFate.BouncesLater, DemoFate.Complains, DemoFate.Unsubscribes];

    /// <summary>The first letter: what comes back by SMTP and HTTP comes a moment after the last message went out.</summary>
    public static async Task FirstAsync(DemoApi api, long campaign, DemoSteps steps, DemoReport report, CancellationToken ct)
    {
        var bounced = DemoPeople.Count(DemoFate.Bounces, DemoFate.BouncesLater);
        var opened = DemoPeople.Count(DemoFate.Opens, DemoFate.Clicks);
        var clicked = DemoPeople.Count(DemoFate.Clicks);
        var complained = DemoPeople.Count(DemoFate.Complains);
        var unsubscribed = DemoPeople.Count(DemoFate.Unsubscribes);
        var wanted = bounced + opened + clicked + complained + unsubscribed;
        var a = await steps.FollowAsync(
            "What comes back",
            () => api.GetAsync($"campaigns/{campaign}/analysis", ct),
            now => (double)Returned(now) / wanted,
            now => $"{Returned(now):N0} of {wanted:N0} bounces, opens, clicks, reports",
            now => Returned(now) >= wanted,
            ct);

        report.Section("The spring letter");
        Audience(a, DemoPeople.OnNewsletter, report);
        report.Equal("delivered", DemoPeople.OnNewsletter - bounced, State(a, "delivered"));
        report.Equal("bounced, in session or by report", bounced, State(a, "bounced"));
        report.Equal("deferred, suppressed, skipped, given up", 0, State(a, "deferred") + State(a, "suppressed") + State(a, "skipped") + State(a, "givenUp"));
        report.Equal("people who opened", opened, (long)a["opens"]!["people"]!);
        report.Equal("people who clicked", clicked, (long)a["clicks"]!["people"]!);
        report.Equal("unsubscribed", unsubscribed, (long)a["unsubscribes"]!);
        report.Equal("reported as spam", complained, (long)a["complaints"]!);
        report.Equal("links in the letter", DemoLetter.Links, a["links"]!.AsArray().Count);

        // The contacts and the suppression list hear of it through the outbox; the next letter must find them there.
        var silenced = DemoPeople.Count(Silenced);
        await steps.FollowAsync(
            "Suppression list",
            async () => new JsonObject { ["found"] = await SuppressedAsync(api, campaign, ct) },
            now => (double)(long)now["found"]! / silenced,
            now => $"{(long)now["found"]!:N0} of {silenced:N0} know of it",
            now => (long)now["found"]! >= silenced,
            ct);
    }

    /// <summary>The second letter leaves out who bounced, complained or unsubscribed, and says why for each.</summary>
    public static async Task SecondAsync(DemoApi api, long campaign, DemoSteps steps, DemoReport report, CancellationToken ct)
    {
        var silenced = DemoPeople.Count(Silenced);
        var opened = DemoPeople.Count(DemoFate.Opens, DemoFate.Clicks);
        var a = await steps.FollowAsync(
            "What comes back",
            () => api.GetAsync($"campaigns/{campaign}/analysis", ct),
            now => (double)(long)now["opens"]!["people"]! / opened,
            now => $"{(long)now["opens"]!["people"]!:N0} of {opened:N0} opens",
            now => (long)now["opens"]!["people"]! >= opened && (long)now["clicks"]!["people"]! >= DemoPeople.Count(DemoFate.Clicks),
            ct);

        report.Section("The autumn letter, to the same people");
        Audience(a, DemoPeople.OnNewsletter, report);
        report.Equal("delivered", DemoPeople.OnNewsletter - silenced, State(a, "delivered"));
        report.Equal("bounced", 0, State(a, "bounced"));
        report.Equal("left out", silenced, State(a, "suppressed") + State(a, "skipped"));
        var reasons = new List<string>();
        foreach (var state in new[] { "suppressed", "skipped" })
        {
            await foreach (var recipient in api.PagesAsync($"campaigns/{campaign}/recipients?state={state}", ct)) reasons.Add((string?)recipient["reason"] ?? "");
        }
        report.Equal("  because they bounced", DemoPeople.Count(DemoFate.Bounces, DemoFate.BouncesLater), Naming(reasons, "bounce"));
        report.Equal("  because they complained", DemoPeople.Count(DemoFate.Complains), Naming(reasons, "complain"));
        report.Equal("  because they unsubscribed", DemoPeople.Count(DemoFate.Unsubscribes), Naming(reasons, "unsubscribe"));
        report.Equal("people who opened", opened, (long)a["opens"]!["people"]!);
    }

    /// <summary>The far side's own account: nobody got two copies but, after a crash, the one message that was past its dot on each connection.</summary>
    public static async Task CapturedAsync(DemoApi api, DemoReport report, CancellationToken ct)
    {
        var counts = await api.GetAsync("capture/counts", ct);
        report.Section("The capture server's account");
        report.Equal("messages beyond the first copy that no cut connection explains", 0, (long)counts["unexplained"]!);
        report.AtMost("most copies that one connection left behind", 1, (long)counts["mostDuplicatesOfAConnection"]!);
    }

    private static void Audience(JsonNode a, long wanted, DemoReport report)
    {
        report.Equal("audience", wanted, (long)a["audience"]!["total"]!);
        report.Equal("sum of all states", wanted, States.Sum(state => State(a, state)));
    }

    private static long State(JsonNode a, string state) => (long)a["audience"]![state]!;

    private static long Returned(JsonNode a) =>
        State(a, "bounced") + (long)a["opens"]!["people"]! + (long)a["clicks"]!["people"]! + (long)a["complaints"]! + (long)a["unsubscribes"]!;

    private static int Naming(List<string> reasons, string word) => reasons.Count(reason => reason.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>How many of this campaign's people the contacts module no longer counts as active.</summary>
    private static async Task<long> SuppressedAsync(DemoApi api, long campaign, CancellationToken ct)
    {
        var segment = (long)(await api.GetAsync($"campaigns/{campaign}", ct))["segmentId"]!;
        var size = await api.GetAsync($"segments/{segment}/count", ct);
        return (long)size["contacts"]! - (long)size["active"]!;
    }
}
