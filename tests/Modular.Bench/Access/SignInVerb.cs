using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Modular.Bench.Access;

/// <summary>
/// <c>sign-in URL ADDRESS [TIMES]</c>: how long the form takes to answer, in a suite that runs, for the right password, a wrong one and a person there is not, in turns, each in a
/// browser without cookies. The password is read from standard input. Beside it stands the hash alone, in the same run.
/// </summary>
internal static partial class SignInVerb
{
    /// <summary>PBKDF2 as the suite uses it (OWASP: HMAC-SHA-512, 210,000).</summary>
    private const int Iterations = 210_000;

    /// <summary>A person is let try ten times before they have to wait, and a network sixty.</summary>
    private const int MostWrong = 8;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length < 2 || await Console.In.ReadLineAsync() is not { Length: > 0 } password)
        {
            await Console.Error.WriteLineAsync("sign-in URL ADDRESS [TIMES] < PASSWORD");
            return 2;
        }

        var (url, address, times) = (new Uri(args[0]), args[1], args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 40);
        var (right, wrong, nobody, hash) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await AskAsync(url, address, password, isRight: true);
        for (var i = 0; i < times; i++)
        {
            right.Add(await AskAsync(url, address, password, isRight: true));
            if (i < MostWrong) wrong.Add(await AskAsync(url, address, "not the password", isRight: false));
            if (i < MostWrong) nobody.Add(await AskAsync(url, string.Create(CultureInfo.InvariantCulture, $"nobody.{i}@{address.Split('@')[^1]}"), "not the password", isRight: false));
            var since = Stopwatch.GetTimestamp();
            Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), new byte[16], Iterations, HashAlgorithmName.SHA512, 32);
            hash.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        foreach (var (what, took) in new[] { ("right password", right), ("wrong password", wrong), ("nobody's address", nobody), ("the hash alone", hash) })
        {
            took.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-18} median {took[took.Count / 2],6:N1} ms, slowest of {took.Count} {took[^1],6:N1} ms"));
        }

        return 0;
    }

    /// <returns>Milliseconds from the form's going out to the answer's end.</returns>
    private static async Task<double> AskAsync(Uri url, string address, string password, bool isRight)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = url };
        var token = Token().Match(await browser.GetStringAsync("/sign-in")).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("Input.Address", address), new("Input.Password", password), new("__RequestVerificationToken", token)]);
        var since = Stopwatch.GetTimestamp();
        using var answer = await browser.PostAsync("/sign-in", form);
        await answer.Content.ReadAsByteArrayAsync();
        var took = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        var isIn = answer.StatusCode is HttpStatusCode.Redirect;
        return isIn == isRight ? took : throw new InvalidOperationException($"{address} got {answer.StatusCode}.");
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
