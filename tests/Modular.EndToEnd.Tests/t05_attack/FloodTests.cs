using System.Net;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>A stranger guesses as fast as he can; the owner, on a device she has used before, signs in as always.</summary>
public sealed class FloodTests(TwoTenantsHost host) : IClassFixture<TwoTenantsHost>
{
    [Fact]
    public async Task Guessing_is_stopped_and_the_owner_signs_in_during_it()
    {
        using var owner = new Visitor(host);
        await owner.SignInAsync(TwoTenantsHost.Owner, host.Password);
        await owner.SubmitAsync("/contacts/lists", "/sign-out");

        var guesses = Enumerable.Range(0, 20).Select(GuessAsync).ToList();
        var entered = await owner.SignInAsync(TwoTenantsHost.Owner, host.Password);
        var answers = (await Task.WhenAll(guesses)).SelectMany(statuses => statuses).ToList();

        Assert.Equal(HttpStatusCode.Redirect, entered.Status);
        Assert.True(answers.Count(answer => answer is HttpStatusCode.OK) <= 60, "so many guesses were judged");
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, answer.ToString()));
    }

    private async Task<List<HttpStatusCode>> GuessAsync(int guesser)
    {
        using var visitor = new Visitor(host);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++) statuses.Add((await visitor.SignInAsync(TwoTenantsHost.Owner, $"guess {guesser} {i}")).Status);
        return statuses;
    }
}
