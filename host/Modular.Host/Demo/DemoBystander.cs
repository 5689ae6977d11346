namespace Modular.Host.Demo;

/// <summary>The tenant next door, whose data nobody may touch.</summary>
internal sealed class DemoBystander(DemoApi api)
{
    private const int Contacts = 20;

    /// <summary>Gives it some people of its own; one has an address that the other tenant's file holds too.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        for (var i = 0; i < Contacts; i++)
        {
            var address = i == 0 ? new DemoPeople(1).Address(1) : $"neighbour{i}@globex.example";
            await api.PostAsync("contacts", new { email = address, fields = new { first_name = "Neighbour" } }, ct);
        }
    }

    public async Task<Sight> LookAsync(CancellationToken ct) => new(await CountAsync("contacts", ct), await CountAsync("suppressions", ct), await CountAsync("campaigns", ct));

    private async Task<long> CountAsync(string list, CancellationToken ct) => await api.PagesAsync(list, ct).LongCountAsync(ct);

    internal sealed record Sight(long Contacts, long Suppressions, long Campaigns);
}
