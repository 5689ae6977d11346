using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <summary>Writes the refusals that doors counted into the trails, every few seconds, and at most so many records a minute into each.</summary>
internal sealed partial class RefusalWorker(RefusalLog refusals, IAudit audit, IInstallationAudit installation, TenantDb tenants, SystemDb system, TimeProvider time, ILogger<RefusalWorker> log) : BackgroundService
{
    /// <summary>Records of one trail a minute, at most; the rest is one more record that says how many.</summary>
    public const int MostPerMinute = 60;

    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Trail, (long Minute, int Written)> _written = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    internal async Task FlushAsync(CancellationToken ct)
    {
        var (counts, beyond) = refusals.Take();
        foreach (var trail in counts.Keys.Select(r => r.Trail).Concat(beyond.Keys).Distinct())
        {
            try
            {
                await WriteAsync(trail, [.. counts.Where(c => c.Key.Trail == trail).OrderByDescending(c => c.Value)], beyond.GetValueOrDefault(trail), ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogFailed(e, trail);   // a tenant that is gone, a database that is away: a refusal is no deed that depends on its record
            }
        }
    }

    private async Task WriteAsync(Trail trail, IReadOnlyList<KeyValuePair<Refusal, int>> counts, int beyond, CancellationToken ct)
    {
        var minute = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        var written = _written.TryGetValue(trail, out var before) && before.Minute == minute ? before.Written : 0;
        var entries = counts.Take(Math.Max(0, MostPerMinute - written)).Select(c => c.Key.ToEntry(c.Value)).ToList();
        var left = beyond + counts.Skip(entries.Count).Sum(c => c.Value);
        if (entries.Count == 0 && written > MostPerMinute) return;   // this minute's flood is on record
        if (left > 0)
        {
            entries.Add(new AuditEntry("system", "refusals.flooded", "refusals", string.Create(CultureInfo.InvariantCulture, $"{left} further refusals, and those of the rest of this minute, are not recorded one by one"))
            {
                From = AuditOrigin.Inside,
                Outcome = AuditOutcome.Refused,
            });
        }
        if (_written.Count > 10_000) _written.Clear();
        _written[trail] = (minute, written + entries.Count);
        if (trail.Tenant is { } tenant)
        {
            await using var transaction = await tenants.BeginAsync(tenant, ct);
            foreach (var entry in entries) await audit.AppendAsync(transaction, entry, ct);
            await transaction.CommitAsync(ct);
        }
        else
        {
            await using var transaction = await system.BeginAsync(ct);
            foreach (var entry in entries) await installation.AppendAsync(transaction, entry, ct);
            await transaction.CommitAsync(ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refusals could not be recorded in the audit trail of {Trail}")]
    private partial void LogFailed(Exception e, Trail trail);
}
