using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Campaigns.Tracking;

/// <summary>
/// Takes hits and says when they are safe. While one batch of a tenant is being committed the next one gathers, so a lone hit waits for one commit and
/// a storm shares commits by the hundred. No timer, no thread of its own.
/// </summary>
internal sealed partial class HitLog(TenantDb db, HitFolding folding, ILogger<HitLog> log)
{
    /// <summary>Hits of one tenant that wait for a commit, at most; more are refused.</summary>
    public const int MaxWaiting = 20_000;

    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(5);

    private const string Insert = """
        insert into response_inbox (recipient_id, campaign_id, at, kind, link, agent)
        select * from unnest($1, $2, $3, $4, $5, $6)
        """;

    private readonly ConcurrentDictionary<TenantId, Lane> _lanes = new();

    /// <returns>Completes once the hit is committed: true; false when it could not be, or when too many wait.</returns>
    public Task<bool> AppendAsync(TenantId tenant, in Hit hit)
    {
        var lane = _lanes.GetOrAdd(tenant, static _ => new Lane());
        Task<bool> committed;
        bool mustWrite;
        lock (lane)
        {
            if (lane.Gathering.Count >= MaxWaiting) return Task.FromResult(false);
            lane.Gathering.Add(hit);
            committed = lane.Gathering.Committed.Task;
            mustWrite = !lane.IsWriting;
            lane.IsWriting = true;
        }
        if (mustWrite) _ = WriteAsync(tenant, lane);
        return committed;
    }

    private async Task WriteAsync(TenantId tenant, Lane lane)
    {
        await Task.Yield(); // requests that are being read at this moment join the batch
        while (true)
        {
            Batch batch;
            lock (lane)
            {
                if (lane.Gathering.Count == 0)
                {
                    lane.IsWriting = false;
                    return;
                }
                batch = lane.Gathering;
                lane.Gathering = new Batch();
            }
            var isSafe = false;
            try
            {
                using var enough = new CancellationTokenSource(CommitTimeout);
                await CommitAsync(tenant, batch, enough.Token);
                isSafe = true;
                folding.Wake(tenant);
            }
            catch (Exception e)
            {
                LogLost(e, tenant, batch.Count);
            }
            batch.Committed.SetResult(isSafe);
        }
    }

    private async Task CommitAsync(TenantId tenant, Batch batch, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(tenant, ct);
        await using var command = new NpgsqlCommand(Insert, connection);
        Add(NpgsqlDbType.Bigint, batch.Recipients);
        Add(NpgsqlDbType.Bigint, batch.Campaigns);
        Add(NpgsqlDbType.TimestampTz, batch.Instants);
        Add(NpgsqlDbType.Smallint, batch.Kinds);
        Add(NpgsqlDbType.Smallint, batch.Links);
        Add(NpgsqlDbType.Smallint, batch.Agents);
        await command.PrepareAsync(ct); // kept by the connection: planned once
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(NpgsqlDbType type, List<T> values) => command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private sealed class Lane
    {
        public Batch Gathering { get; set; } = new();

        public bool IsWriting { get; set; }
    }

    private sealed class Batch
    {
        public List<long> Recipients { get; } = [];

        public List<long> Campaigns { get; } = [];

        public List<DateTime> Instants { get; } = [];

        public List<short> Kinds { get; } = [];

        public List<short> Links { get; } = [];

        public List<short> Agents { get; } = [];

        public TaskCompletionSource<bool> Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => Recipients.Count;

        public void Add(in Hit hit)
        {
            Recipients.Add(hit.RecipientId);
            Campaigns.Add(hit.CampaignId);
            Instants.Add(hit.At.UtcDateTime);
            Kinds.Add((short)hit.Kind);
            Links.Add(hit.Link);
            Agents.Add((short)hit.Agent);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} hits of {Tenant} could not be committed and were refused.")]
    private partial void LogLost(Exception e, TenantId tenant, int count);
}
