using System.Globalization;

namespace Modular.Tenancy.Keys;

/// <param name="ColumnIndex">Of <see cref="KeyRotation.Columns"/>; their number when the walk is through.</param>
/// <param name="Found">Values that an older key had sealed, in this walk.</param>
/// <param name="Mark">Transactions at work at <paramref name="MarkedAt"/>, separated by one blank.</param>
/// <param name="Unreadable">Values that no key opens, in this walk.</param>
internal sealed record RotationState(
    TenantId Tenant, short Version, bool IsForgetting, DateTimeOffset StartedAt, string Phase, int ColumnIndex, long Cursor, long Resealed, long Found, long Unreadable,
    DateTimeOffset? MarkedAt, string? Mark, DateTimeOffset? FinishedAt)
{
    /// <summary>How far it is, for people.</summary>
    public string Words(int columns) => string.Create(CultureInfo.InvariantCulture, $"{Stage(columns)}, {Resealed} values sealed anew{(Unreadable > 0 ? $", {Unreadable} could not be opened" : "")}");

    private string Stage(int columns) => (Phase, FinishedAt) switch
    {
        (_, { } end) => string.Create(CultureInfo.InvariantCulture, $"sealed with version {Version} since {end:yyyy-MM-dd HH:mm} UTC"),
        ("sealing", _) => string.Create(CultureInfo.InvariantCulture, $"sealing with version {Version}, {ColumnIndex} of {columns} columns done"),
        ("checking", _) => string.Create(CultureInfo.InvariantCulture, $"checking that nothing was missed, {ColumnIndex} of {columns} columns done"),
        ("writers", _) => "waiting for those who may still be writing",
        _ => "waiting for those who may still be reading",
    };
}
