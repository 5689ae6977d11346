namespace Modular.Contacts.DropFolder;

/// <summary>Section <c>Contacts:DropFolder</c>.</summary>
internal sealed record DropFolderSettings
{
    /// <summary>Bytes of one file, at most.</summary>
    public long MaxFileBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of all files of a tenant, at most; then 507.</summary>
    public long QuotaBytes { get; init; } = 10L << 30;

    /// <summary>How long an imported file stays where it was put before it moves to done/: clients look at what they uploaded.</summary>
    public TimeSpan StayAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long files stay at all, counted from their arrival.</summary>
    public TimeSpan KeepAge { get; init; } = TimeSpan.FromDays(7);
}
