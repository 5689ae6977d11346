using Microsoft.Extensions.DependencyInjection;
using Modular.Compliance.Suppressing;
using Modular.Delivery;

namespace Modular.Compliance.Tests.Suppressing;

/// <summary>What delivery tells reaches the list through the real outbox.</summary>
public sealed class HearerTests(ComplianceHost host) : IClassFixture<ComplianceHost>
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, SuppressionReason.HardBounce)]
    [InlineData(false, null)]
    public async Task A_bounce_suppresses_if_the_address_is_dead(bool isHard, SuppressionReason? expected)
    {
        var email = IndexOf($"bounced-{isHard}@example.com");
        await TellAsync(new RecipientBounced(host.Acme, 1, 2, 3, email, isHard, "5.1.1", "no such user", At));

        Assert.Equal(expected, (await FindAsync(email))?.Reason);
    }

    [Fact]
    public async Task A_complaint_suppresses_with_its_source_and_outranks_what_was_there()
    {
        var email = IndexOf("complained@example.com");
        await TellAsync(new RecipientBounced(host.Acme, 1, 2, 3, email, true, null, "mailbox disabled", At));
        await TellAsync(new RecipientComplained(host.Acme, 1, 2, 3, email, "feedback loop of example.com", At.AddDays(1)));

        Assert.Equal(new Suppression(email, SuppressionReason.Complaint, "feedback loop of example.com", At.AddDays(1), 3, 2), await FindAsync(email));
    }

    [Fact]
    public async Task Hearing_it_twice_changes_nothing()
    {
        var email = IndexOf("twice@example.com");
        var e = new RecipientBounced(host.Acme, 1, 2, 3, email, true, "5.1.1", "no such user", At);
        await TellAsync(e);
        await TellAsync(e with { At = At.AddDays(1) });

        Assert.Equal((At, "5.1.1 no such user"), ((await FindAsync(email))!.At, (await FindAsync(email))!.Source));
    }

    private EmailIndex IndexOf(string address) => host.Services.GetRequiredService<ISealer>().Index(host.Acme, EmailAddress.Parse(address));

    private Task<Suppression?> FindAsync(EmailIndex email) => host.Services.GetRequiredService<SuppressionList>().FindAsync(host.Acme, email, Ct);

    private async Task TellAsync(IEvent e)
    {
        await using (var tx = await host.Tenants.BeginAsync(host.Acme, Ct))
        {
            await tx.TellAsync(e, Ct);
            await tx.CommitAsync(Ct);
        }
        await host.DrainOutboxAsync();
    }
}
