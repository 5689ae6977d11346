namespace Modular.Tenancy.Quotas;

/// <summary>Quotas as people read them.</summary>
internal static class QuotaWords
{
    /// <summary>As in the command's options and in REST.</summary>
    public static string Name(QuotaKind kind) => kind switch
    {
        QuotaKind.Contacts => "contacts",
        QuotaKind.MailsPerDay => "mails-per-day",
        QuotaKind.StorageBytes => "storage-bytes",
        _ => "users",
    };

    public static string Of(UsedUp used) => (used.Used, used.Limit) switch
    {
        ({ } n, { } most) => $"{Show(used.Kind, n)} of {Show(used.Kind, most)}",
        ({ } n, null) => $"{Show(used.Kind, n)}, no limit",
        _ => "no limit",
    };

    private static string Show(QuotaKind kind, long n) => kind is QuotaKind.StorageBytes ? Web.Kit.Show.Size(n) : Web.Kit.Show.Count(n);
}
