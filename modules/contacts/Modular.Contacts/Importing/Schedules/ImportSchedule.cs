using System.Text.Json;

namespace Modular.Contacts.Importing.Schedules;

/// <summary>An import that repeats itself from a plugin's source.</summary>
internal sealed record ImportSchedule
{
    public required long ScheduleId { get; init; }

    public required string Name { get; init; }

    /// <summary>The plugin's source, as in <c>http-csv</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Sealed: what the customer entered, passwords included.</summary>
    public required byte[] Settings { get; init; }

    /// <summary>An <see cref="ImportSettings"/> as JSON.</summary>
    public required string Mapping { get; init; }

    public required TimeSpan Every { get; init; }

    public required string Actor { get; init; }

    /// <summary>What the source wants to find again, as JSON; null before the first run.</summary>
    public string? State { get; init; }

    public bool IsPaused { get; init; }

    public DateTimeOffset DueAt { get; init; }

    /// <summary>Why the last run failed; null when it did not.</summary>
    public string? LastFault { get; init; }

    public Dictionary<string, string> OpenState() => State is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(State) ?? [];

    public Dictionary<string, string> OpenSettings(ISealer sealer, TenantId tenant) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(sealer.Open(tenant, SealPurpose.ScheduleSettings, ScheduleId, Settings)) ?? [];
}
