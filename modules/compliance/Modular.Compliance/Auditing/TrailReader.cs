using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Modular.Compliance.Auditing;

/// <summary>Reads a trail for people: searched, opened, the latest first.</summary>
internal sealed class TrailReader(TrailConnections connections, TrailKeys keys)
{
    /// <summary>The few dozen actions there are, found by hopping from one to the next along the index, however long the trail is.</summary>
    private const string Actions = """
        with recursive seen as (
          (select action from {0} order by action limit 1)
          union all
          select (select a.action from {0} a where a.action > seen.action order by a.action limit 1) from seen where seen.action is not null
        )
        select action from seen where action is not null
        """;

    /// <param name="before">The last row of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<AuditedDeed>> PageAsync(Trail trail, TrailSearch search, long? before, int count, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(trail, ct);
        var page = new List<AuditedDeed>();
        await foreach (var row in TrailRows.MatchingAsync(connection, trail, search, keys, before, count, ct)) page.Add(Opened(trail, row));
        return page;
    }

    /// <summary>All that fits, as a stream.</summary>
    public async IAsyncEnumerable<AuditedDeed> AllAsync(Trail trail, TrailSearch search, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(trail, ct);
        await foreach (var row in TrailRows.MatchingAsync(connection, trail, search, keys, null, null, ct)) yield return Opened(trail, row);
    }

    /// <returns>Null when there is no such row.</returns>
    public async Task<AuditedDeed?> FindAsync(Trail trail, long seq, CancellationToken ct)
    {
        if (seq is < 1 or long.MaxValue) return null;
        await using var connection = await connections.OpenAsync(trail, ct);
        await foreach (var row in TrailRows.MatchingAsync(connection, trail, TrailSearch.All, keys, seq + 1, 1, ct)) return row.Deed.Seq == seq ? Opened(trail, row) : null;
        return null;
    }

    public async Task<IReadOnlyList<string>> ActionsAsync(Trail trail, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(trail, ct);
        await using var command = new Npgsql.NpgsqlCommand(Actions.Replace("{0}", trail.Table, StringComparison.Ordinal), connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var actions = new List<string>();
        while (await rows.ReadAsync(ct)) actions.Add(rows.GetString(0));
        return actions;
    }

    /// <summary>A row whose content was tampered with is shown with what stands in clear: the trail must stay readable.</summary>
    private AuditedDeed Opened(Trail trail, TrailRow row)
    {
        var d = row.Deed;
        DeedContent content;
        try
        {
            content = DeedContent.Decode(keys.Open(trail, d.Seq, row.Content));
        }
        catch (Exception e) when (e is CryptographicException or System.Text.Json.JsonException)
        {
            content = new DeedContent(d.ActorKind + ":?", null, null, null);
        }
        return new AuditedDeed(d.Seq, d.At, content.Actor, d.Door, content.Address, d.Action, d.Subject, d.Detail, d.IsRefused ? "refused" : "done", content.Before, content.After, Convert.ToHexStringLower(row.Hash));
    }
}

/// <param name="Id">The row's number in the chain.</param>
/// <param name="Actor">As in <see cref="Caller.Actor"/>, opened.</param>
/// <param name="Outcome"><c>done</c> or <c>refused</c>.</param>
/// <param name="Hash">The row's place in the chain, in hexadecimal.</param>
internal sealed record AuditedDeed(
    long Id, DateTimeOffset At, string Actor, string Door, string? Address, string Action, string Subject, string? Detail, string Outcome, string? Before, string? After, string Hash);
