using Microsoft.Extensions.DependencyInjection.Extensions;
using Modular.Kernel.Auditing;

namespace Modular.Host.Loading;

/// <summary>What Kernel declares and a module serves, for a host that was given no such module: it starts, and does without.</summary>
internal static class AbsentModules
{
    /// <summary>To be called after the modules have added theirs.</summary>
    public static IServiceCollection AddAbsences(this IServiceCollection services)
    {
        services.TryAddSingleton<ITenantDirectory, NoTenants>();
        services.TryAddSingleton<ICallers, NoCallers>();
        services.TryAddSingleton<IAudit, NoAudit>();
        services.TryAddSingleton<IInstallationAudit, NoAudit>();
        services.TryAddSingleton<IRefusalLog, NoAudit>();
        services.TryAddSingleton<IOwnDeeds, NoAudit>();
        return services;
    }

    private sealed class NoTenants : ITenantDirectory
    {
        public ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<TenantId>>([]);
    }

    /// <summary>Knows nobody: what needs a caller stays closed.</summary>
    private sealed class NoCallers : ICallers
    {
        public ValueTask<Result<Caller>> FromApiKeyAsync(HttpContext context, CancellationToken ct) => ValueTask.FromResult<Result<Caller>>(new KeyNeeded());

        public ValueTask<Caller?> FromSessionAsync(HttpContext context, CancellationToken ct) => ValueTask.FromResult<Caller?>(null);
    }

    private sealed class NoAudit : IAudit, IInstallationAudit, IRefusalLog, IOwnDeeds
    {
        public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct) => Task.CompletedTask;

        public Task AppendAsync(SystemTransaction transaction, AuditEntry entry, CancellationToken ct) => Task.CompletedTask;

        public Task RecordAsync(AuditEntry entry, CancellationToken ct) => Task.CompletedTask;

        public Task<IReadOnlyList<OwnDeed>> LatestAsync(TenantId? tenant, long userId, string actor, DateTimeOffset since, int most, CancellationToken ct) => Task.FromResult<IReadOnlyList<OwnDeed>>([]);

        public void Refused(TenantId? tenant, string actor, string action, string subject, string reason, AuditOrigin? from = null)
        {
        }
    }
}
