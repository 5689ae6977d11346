using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Modular.EndToEnd.Tests.Loop;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>Goes once round the suite with secrets and names that are found nowhere else, then reads everything that was logged: by the suite, by its database, on disk.</summary>
public sealed partial class SecretsInLogsTests
{
    private const string Owner = "qxowner@acme.example", Person = "qxperson@town.example", PersonName = "Qxzoë", Wrong = "qxwrong-password", Fresh = "qxfresh lamps by the river";

    /// <summary>What an attacker would write to have a line of their own in the log.</summary>
    private const string Forged = "qxforged@acme.example\r\n12:00:00.000 info: Modular.Forged[1] Ann signed in\u001b[31m";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_and_no_address_is_in_any_log_and_no_stranger_writes_a_line()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "the private PostgreSQL runs on Linux");
        await using var suite = new ServingProcess();
        await suite.StartAsync();
        var made = JsonNode.Parse(await suite.RunAsync("tenant", "create", "acme", "--admin", Owner, "--json"))!; // an object
        var (key, password) = ((string)made["apiKey"]!, (string)made["administrator"]!["password"]!);
        using var rest = new RestClient(suite.Url, "acme", key);
        using var owner = new Visitor(suite.Url);
        var planted = new List<string> { key, password, Wrong, Fresh, Owner, Person, PersonName, "qxforged" };

        await owner.EnterAsync(Owner, Wrong);
        await owner.EnterAsync(Forged, Wrong);
        await owner.SignInAsync(Owner, password);
        planted.AddRange(owner.Cookies.GetAllCookies().Select(cookie => cookie.Value).Where(value => value.Length > 20));
        await rest.TryAsync("GET", "api/v1/contacts?cursor=" + Uri.EscapeDataString(Forged), null, ("X-Api-Key", key), ("User-Agent", "qxforged\tagent"));

        await rest.PostAsync("sending-domains", new { domain = "news.acme.example" });
        await rest.PostAsync("contacts", new { email = Person, fields = new { first_name = PersonName } });
        await rest.TryAsync("POST", "api/v1/contacts", new StringContent($"{{\"email\": \"{Person}\", \"fields\": {{\"first_name\": 7", Encoding.UTF8, "application/json"));
        await rest.ImportAsync("people.csv", Encoding.UTF8.GetBytes($"email,first_name\r\n{Person.Replace("@", "+bounce-5.1.1@", StringComparison.Ordinal)},{PersonName}\r\n{Person}@broken,{PersonName}\r\n"));
        var campaign = await rest.SendAsync("Spring");
        await rest.SentAsync(campaign, analysis => (string?)analysis["state"] == "sent" && Audience.State(analysis, "bounced") == 1);

        var smtp = await suite.RunAsync("smtp", "create", "acme", "--name", "shop", "--json");
        planted.Add((string)JsonNode.Parse(smtp)!["password"]!); // an object
        await SubmitAsync(suite, (string)JsonNode.Parse(smtp)!["userName"]!, planted[^1]);
        await SubmitAsync(suite, "qxforged", Wrong);

        await owner.SubmitAsync("/forgot-password", "/forgot-password", ("Address", Owner));
        var letter = await LetterAsync(owner, "Choose a new password");
        var link = ResetLink().Match(letter).Groups[1].Value;
        Assert.NotEmpty(link);
        planted.Add(link);
        await owner.GetAsync("/reset/" + link);
        await owner.SubmitAsync("/reset/" + link, "/reset/" + link, ("Password", Fresh));
        Assert.NotNull((await owner.EnterAsync(Owner, Fresh)).Location);
        await owner.GetAsync("/reset/" + link);

        var logs = Logs(suite);
        Assert.Contains("A sign-in from 127.0.0.1 failed", logs, StringComparison.Ordinal);   // there is something to read
        foreach (var secret in planted.Distinct(StringComparer.Ordinal))
        {
            foreach (var form in new[] { secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Uri.EscapeDataString(secret) })
            {
                var at = logs.IndexOf(form, StringComparison.OrdinalIgnoreCase);
                Assert.True(at < 0, $"A log has {form}: …{(at < 0 ? "" : logs[Math.Max(0, at - 200)..Math.Min(logs.Length, at + 200)])}…");
            }
        }
        Assert.DoesNotContain('\u001b', logs);
    }

    /// <summary>What the processes said, and every log that lies in the data folder.</summary>
    private static string Logs(ServingProcess suite) => string.Join('\n',
        suite.Said.Concat(Directory.EnumerateFiles(suite.DataFolder, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".log", StringComparison.Ordinal)).SelectMany(File.ReadAllLines)));

    private static async Task<string> LetterAsync(Visitor owner, string subject)
    {
        var number = "";
        await Eventually.HoldsAsync(async () => (number = Captured(subject).Match((await owner.GetAsync("/delivery/captured")).Body).Groups[1].Value).Length > 0, Ct);
        return (await owner.GetAsync($"/delivery/captured/{number}?handler=Raw")).Body.Replace("=\r\n", "", StringComparison.Ordinal);
    }

    private static Regex Captured(string subject) => new($"""captured/([0-9]+)">[^<]*</a></td>\s*<td class="clip">{Regex.Escape(subject)}""", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    /// <summary>AUTH PLAIN on the submission port, as a program does it.</summary>
    private static async Task SubmitAsync(ServingProcess suite, string user, string password)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, suite.Url.Port + 2, Ct);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        await using var writer = new StreamWriter(socket.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteAsync($"EHLO here.example\r\nAUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))}\r\nQUIT\r\n".AsMemory(), Ct);
        await reader.ReadToEndAsync(Ct);
    }

    [GeneratedRegex("/reset/([A-Za-z0-9_-]{16,})")]
    private static partial Regex ResetLink();
}
