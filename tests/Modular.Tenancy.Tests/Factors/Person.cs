using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Tests.SignIn;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

/// <summary>Somebody with an authenticator app: a browser, a password, a key.</summary>
internal sealed partial class Person : IDisposable
{
    private readonly SignInHost _host;

    private Person(SignInHost host, string address, string password) => (_host, Address, Password, Browser) = (host, address, password, new Visitor(host));

    public string Address { get; }

    public string Password { get; }

    public Visitor Browser { get; private set; }

    public byte[] Key { get; private set; } = [];

    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Person> NewAsync(SignInHost host, string address, string role = "marketer")
    {
        var person = new Person(host, address, await host.NewUserAsync(address, role));
        Assert.Equal("/", (await person.SignInAsync()).Location);
        return person;
    }

    public static async Task<Person> WithAppAsync(SignInHost host, string address, string role = "marketer")
    {
        var person = await NewAsync(host, address, role);
        await person.AddAppAsync("/account/factors/new-app");
        return person;
    }

    public Task<Answer> SignInAsync(string from = "") => Browser.SignInAsync(Address, Password, from);

    /// <summary>Scans what the page shows, and types the code back.</summary>
    public async Task<Answer> AddAppAsync(string page)
    {
        Key = Decode(Copied().Match((await Browser.GetAsync(page)).Body).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));
        // The account's page makes another key each time it is opened, so the form's token comes from another one.
        var answer = await Browser.SubmitAsync(page.StartsWith("/account", StringComparison.Ordinal) ? "/step-up" : page, page, ("Name", "Phone"), ("Code", CodeNow()));
        RecoveryCodes = [.. Recovery().Matches(answer.Body).Select(m => m.Value)];
        return answer;
    }

    public string CodeNow(int steps = 0) => Totp.Code(Key, Totp.StepAt(TimeProvider.System.GetUtcNow()) + steps);

    public Task<Answer> ShowAsync(string code) => Browser.SubmitAsync("/sign-in", "/sign-in/factor?handler=Code", ("Code", code));

    public void OtherBrowser()
    {
        Browser.Dispose();
        Browser = new Visitor(_host);
    }

    /// <summary>As if the codes of now had not been used: a test need not wait half a minute.</summary>
    public async Task ForgetStepsAsync() => await _host.System.RunAsync("update tenancy.factor set last_step = 0 where user_id = @Id", new { Id = await IdAsync() }, Ct);

    public async Task<long> IdAsync() => (await _host.Services.GetRequiredService<Accounts>().FindAsync(EmailAddress.Parse(Address), Ct))!.UserId;

    /// <summary>Whether the browser is in.</summary>
    public async Task<bool> IsInAsync() => (await Browser.GetAsync("/account/sessions")).Status is HttpStatusCode.OK;

    public void Dispose() => Browser.Dispose();

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    [GeneratedRegex("data-copy=\"([A-Z2-7 ]+)\"")]
    private static partial Regex Copied();

    [GeneratedRegex("\\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\\b")]
    private static partial Regex Recovery();
}
